import type { ServerResponse } from 'node:http';

/** Interval of heartbeats, in milliseconds. */
const heartbeatMs = 15_000;
/** A client that leaves something unread for this long is disconnected, in milliseconds. */
const patienceMs = 30_000;
/** A stream is ended at this age, in milliseconds, so that its client reconnects with a token that is still valid. */
const lifetimeMs = 15 * 60_000;
/** How long a client may take to read the end of an ended stream, in milliseconds. */
const closeTimeoutMs = 1_000;

const heartbeat = Buffer.from(':\n\n');

/** Overrides for tests, in milliseconds. */
export type StreamTimes = Partial<Record<'heartbeatMs' | 'patienceMs' | 'lifetimeMs', number>>;

/**
 * A response of server-sent events (HTML Standard, 9.2). Unread data is bounded:
 * the sender checks `isBehind` first and skips what would only pile up, and `onCaughtUp` tells it when
 * to make up for that.
 */
export class EventStream {
  readonly closed: Promise<void>;
  /** Events sent so far. */
  sent = 0;
  readonly #response: ServerResponse;
  #behindSinceMs: number | null = null;
  #closeTimer: NodeJS.Timeout | undefined;

  /** @param retryMs how long the client should wait before it reconnects, in milliseconds */
  constructor(response: ServerResponse, retryMs: number, times: StreamTimes = {}) {
    this.#response = response;
    response.on('error', () => undefined); // the client disconnected; 'close' follows
    response.on('drain', () => {
      this.#behindSinceMs = null;
    });
    const heartbeatTimer = setInterval(
      () => this.#beat(times.patienceMs ?? patienceMs),
      times.heartbeatMs ?? heartbeatMs,
    );
    const lifetimeTimer = setTimeout(() => this.end(), times.lifetimeMs ?? lifetimeMs);
    this.closed = whenClosed(response).then(() => {
      clearInterval(heartbeatTimer);
      clearTimeout(lifetimeTimer);
      clearTimeout(this.#closeTimer);
    });
    this.#write(Buffer.from(`retry: ${retryMs}\n\n`));
  }

  /** The client has not read what it was sent; more would pile up in memory. */
  get isBehind(): boolean {
    return this.#behindSinceMs !== null;
  }

  /** Calls the listener each time the client has read everything it was sent after being behind. */
  onCaughtUp(listener: () => void): void {
    this.#response.on('drain', listener);
  }

  /** Sends an event serialized by `eventBytes`. */
  send(event: Buffer): void {
    this.sent++;
    this.#write(event);
  }

  /** Ends the stream after what was sent; the client reconnects. One that is behind is disconnected. */
  end(): void {
    this.#response.end();
    this.#closeTimer ??= setTimeout(() => this.#response.destroy(), this.isBehind ? 0 : closeTimeoutMs);
  }

  #write(bytes: Buffer): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    if (!this.#response.write(bytes)) this.#behindSinceMs ??= Date.now();
  }

  #beat(patienceMs: number): void {
    if (this.#behindSinceMs === null) this.#write(heartbeat);
    else if (Date.now() - this.#behindSinceMs >= patienceMs) this.#response.destroy();
  }
}

/** Resolves immediately if the client disconnected before anything was sent. */
function whenClosed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) resolve();
    else response.once('close', resolve);
  });
}

/** Serializes an event once, for any number of streams. `data` becomes one line of JSON. */
export function eventBytes(event: string, data: unknown, id?: string): Buffer {
  return Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
