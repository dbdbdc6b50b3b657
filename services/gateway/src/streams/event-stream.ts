import type { ServerResponse } from 'node:http';

/** How often a stream gives a sign of life, in milliseconds. */
const heartbeatMs = 15_000;
/** A client that leaves something unread for this long is cut off, in milliseconds. */
const patienceMs = 30_000;
/** No stream is longer than this, in milliseconds: its client comes again, with a token that is still good. */
const lifetimeMs = 15 * 60_000;

/** What the client has not read of the end of its stream after this long is dropped, in milliseconds. */
const lastWordsMs = 1_000;

const heartbeat = Buffer.from(':\n\n');

/** Times of a stream, in milliseconds. */
export type StreamTimes = Partial<Record<'heartbeatMs' | 'patienceMs' | 'lifetimeMs', number>>;

/**
 * An answer as server-sent events (HTML Standard, 9.2). What the client has not read yet is bounded:
 * whoever sends looks at `isBehind` first and leaves out what would only pile up, and `onCaughtUp`
 * says when to make up for it.
 */
export class EventStream {
  /** The client has read what it was sent. */
  onCaughtUp: () => void = () => undefined;
  readonly closed: Promise<void>;
  /** Events sent so far. */
  sent = 0;
  readonly #response: ServerResponse;
  #behindSince: number | null = null;
  #lastWords: NodeJS.Timeout | undefined;

  /** @param retryMs when the client should come again once the stream has ended, in milliseconds */
  constructor(response: ServerResponse, retryMs: number, times: StreamTimes = {}) {
    this.#response = response;
    response.on('error', () => undefined); // the client went away: 'close' comes next
    response.on('drain', () => {
      this.#behindSince = null;
      this.onCaughtUp();
    });
    const pulse = setInterval(() => this.#beat(times.patienceMs ?? patienceMs), times.heartbeatMs ?? heartbeatMs);
    const life = setTimeout(() => this.end(), times.lifetimeMs ?? lifetimeMs);
    this.closed = new Promise<void>((resolve) => {
      if (response.destroyed)
        resolve(); // the client went away before there was anything to send
      else response.once('close', resolve);
    }).then(() => {
      clearInterval(pulse);
      clearTimeout(life);
      clearTimeout(this.#lastWords);
    });
    this.#write(Buffer.from(`retry: ${retryMs}\n\n`));
  }

  /** The client has not read what it was sent; more would be kept in memory. */
  get isBehind(): boolean {
    return this.#behindSince !== null;
  }

  /** Sends an event, as `eventBytes` wrote it. */
  send(event: Buffer): void {
    this.sent++;
    this.#write(event);
  }

  /** Ends the stream behind what was sent; the client comes again. Who does not read is cut off. */
  end(): void {
    this.#response.end();
    this.#lastWords ??= setTimeout(() => this.#response.destroy(), this.isBehind ? 0 : lastWordsMs);
  }

  #write(bytes: Buffer): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    if (!this.#response.write(bytes)) this.#behindSince ??= Date.now();
  }

  #beat(patienceMs: number): void {
    if (this.#behindSince === null) this.#write(heartbeat);
    else if (Date.now() - this.#behindSince >= patienceMs) this.#response.destroy();
  }
}

/** Writes an event once, for however many streams. `data` is sent as JSON, in one line. */
export function eventBytes(event: string, data: unknown, id?: string): Buffer {
  return Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
