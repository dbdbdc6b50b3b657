import { NoAnswerError, ProblemError } from './errors.ts';
import { isTransient, pause, retryDelayMs } from './patiently.ts';
import type { Problem, SeatMap } from './schema.ts';
import { readServerSentEvents } from './server-sent-events.ts';

/** The server sends something at least every 15 seconds. After this much silence it is presumed dead, in milliseconds. */
const silenceMs = 40_000;

/** One step of a stream: an event, a (re)opened connection, or the reason why there are no updates at the moment. */
export type StreamUpdate =
  | { kind: 'event'; event: string; data: unknown }
  | { kind: 'open' }
  | { kind: 'away'; reason: ProblemError | NoAnswerError };

/** Opens the stream after the given event ("" for the beginning). The signal closes it. */
export type OpenStream = (lastEventId: string, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>;

/**
 * Reads a stream, and reopens it after the last event whenever it ends or breaks, until the signal is aborted.
 *
 * @throws {ProblemError} when it is refused for good, for example because there is no such show
 */
export async function* readStream(open: OpenStream, signal?: AbortSignal): AsyncGenerator<StreamUpdate> {
  let lastEventId = '';
  let retryMs = null as number | null;
  while (!signal?.aborted) {
    let waitMs = retryMs;
    const silence = watchForSilence(signal);
    try {
      const body = await open(lastEventId, silence.signal);
      yield { kind: 'open' };
      const onRetry = (ms: number) => {
        retryMs = waitMs = ms;
      };
      for await (const { event, data, id } of readServerSentEvents(body, { onChunk: silence.reset, onRetry })) {
        // An event without an id does not move the position.
        lastEventId = id || lastEventId;
        const content: unknown = JSON.parse(data);
        yield event === 'unavailable'
          ? { kind: 'away', reason: new ProblemError(content as Problem) }
          : { kind: 'event', event, data: content };
      }
    } catch (error) {
      if (signal?.aborted) return;
      const reason = error instanceof ProblemError ? error : new NoAnswerError(error);
      if (!isTransient(reason)) throw reason;
      if (reason instanceof ProblemError) waitMs = reason.retryAfterMs;
      yield { kind: 'away', reason };
    } finally {
      silence.end();
    }
    await pause(retryDelayMs(waitMs), signal).catch(() => undefined);
  }
}

/** A signal that is aborted with the given one, or after too much silence. */
function watchForSilence(signal: AbortSignal | undefined) {
  const controller = new AbortController();
  const end = () => controller.abort(signal?.reason);
  const begin = () => setTimeout(() => controller.abort(new Error('The server has gone silent')), silenceMs);
  let timer = begin();
  signal?.addEventListener('abort', end, { once: true });
  return {
    signal: controller.signal,
    reset() {
      clearTimeout(timer);
      timer = begin();
    },
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    },
  };
}

/** The seats of a show; while `away` is set, as last known. */
export interface SeatsView {
  map: SeatMap | null;
  away: ProblemError | NoAnswerError | null;
}

/** Turns the events of a seat stream into a view for every change. */
export async function* seatsIn(stream: AsyncIterable<StreamUpdate>): AsyncGenerator<SeatsView> {
  let view: SeatsView = { map: null, away: null };
  for await (const update of stream) {
    if (update.kind === 'away') view = { ...view, away: update.reason };
    else if (update.kind === 'event') view = { map: seatMapAfter(view.map, update.event, update.data), away: null };
    else if (view.map && view.away) view = { ...view, away: null };
    else continue;
    yield view;
  }
}

/** Unchanged seats keep their identity, so that a page renders only what changed. */
function seatMapAfter(map: SeatMap | null, event: string, data: unknown): SeatMap | null {
  if (event === 'snapshot') return data as SeatMap;
  if (event !== 'change' || !map) return map;
  const change = data as Pick<SeatMap, 'available_seats' | 'seats'>;
  const changed = new Map(change.seats.map((seat) => [seat.seat_number, seat]));
  const seats = map.seats.map((seat) => changed.get(seat.seat_number) ?? seat);
  return { ...map, available_seats: change.available_seats, seats };
}
