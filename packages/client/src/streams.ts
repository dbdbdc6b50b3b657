import { NoAnswerError, ProblemError } from './errors.ts';
import { isPassing, pause, politePauseMs } from './patiently.ts';
import type { Problem, SeatMap } from './schema.ts';
import { readServerSentEvents } from './server-sent-events.ts';

/** The server gives a sign of life every 15 seconds: one that is silent for longer than this is gone, in milliseconds. */
const silenceMs = 40_000;

/** What a stream tells: an event; that it is open (again); or that nothing can be told just now, and why. */
export type News =
  | { kind: 'event'; event: string; data: unknown }
  | { kind: 'open' }
  | { kind: 'away'; reason: ProblemError | NoAnswerError };

/** Begins a stream behind this event ("": from the beginning), until the signal. */
export type OpenStream = (lastEventId: string, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>;

/**
 * Reads a stream, and goes on behind what was read whenever it ends or breaks, until the signal.
 *
 * @throws {ProblemError} when it cannot be had, now or later: there is no such thing, or it is not yours
 */
export async function* readStream(open: OpenStream, signal?: AbortSignal): AsyncGenerator<News> {
  let lastEventId = '';
  let retryMs = null as number | null;
  while (!signal?.aborted) {
    let waitMs = retryMs;
    const life = watchForLife(signal);
    try {
      const body = await open(lastEventId, life.signal);
      yield { kind: 'open' };
      const onRetry = (ms: number) => {
        retryMs = waitMs = ms;
      };
      for await (const { event, data, id } of readServerSentEvents(body, { onChunk: life.seen, onRetry })) {
        // An event without one changes nothing.
        lastEventId = id || lastEventId;
        const content: unknown = JSON.parse(data);
        yield event === 'unavailable'
          ? { kind: 'away', reason: new ProblemError(content as Problem) }
          : { kind: 'event', event, data: content };
      }
    } catch (error) {
      if (signal?.aborted) return;
      const reason = error instanceof ProblemError ? error : new NoAnswerError(error);
      if (!isPassing(reason)) throw reason;
      if (reason instanceof ProblemError) waitMs = reason.retryAfterMs;
      yield { kind: 'away', reason };
    } finally {
      life.end();
    }
    await pause(politePauseMs(waitMs), signal).catch(() => undefined);
  }
}

/** A signal that is aborted with the other one, or when nothing was seen for too long. */
function watchForLife(signal: AbortSignal | undefined) {
  const controller = new AbortController();
  const end = () => controller.abort(signal?.reason);
  const begin = () => setTimeout(() => controller.abort(new Error('The server has fallen silent')), silenceMs);
  let timer = begin();
  signal?.addEventListener('abort', end, { once: true });
  return {
    signal: controller.signal,
    seen() {
      clearTimeout(timer);
      timer = begin();
    },
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    },
  };
}

/** The seats of a show as they are now; with `away` set, as they were when that could be told last. */
export interface SeatsView {
  map: SeatMap | null;
  away: ProblemError | NoAnswerError | null;
}

/** Puts the events of a seat stream together: a view each time that something has changed. */
export async function* seatsIn(stream: AsyncIterable<News>): AsyncGenerator<SeatsView> {
  let view: SeatsView = { map: null, away: null };
  for await (const news of stream) {
    if (news.kind === 'away') view = { ...view, away: news.reason };
    else if (news.kind === 'event') view = { map: seatMapAfter(view.map, news.event, news.data), away: null };
    else if (view.map && view.away) view = { ...view, away: null };
    else continue;
    yield view;
  }
}

/** Seats that stay as they are stay the same objects. */
function seatMapAfter(map: SeatMap | null, event: string, data: unknown): SeatMap | null {
  if (event === 'snapshot') return data as SeatMap;
  if (event !== 'change' || !map) return map;
  const change = data as Pick<SeatMap, 'available_seats' | 'seats'>;
  const changed = new Map(change.seats.map((seat) => [seat.seat_number, seat]));
  const seats = map.seats.map((seat) => changed.get(seat.seat_number) ?? seat);
  return { ...map, available_seats: change.available_seats, seats };
}
