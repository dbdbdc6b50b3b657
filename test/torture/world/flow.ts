import type { Socket } from 'node:net';

/** How a link currently treats the bytes that cross it. */
export interface Weather {
  /** Nothing passes; it is kept. */
  stalled: boolean;
  /** How long the next chunk of a connection is held, in milliseconds; asked once per chunk. */
  delayMs(): number;
  /** Bytes per second that one direction passes at most; null: as many as come. */
  bytesPerSecond: number | null;
}

/** A slow drip comes out this often, in milliseconds. */
const dripEveryMs = 20;
/** A sender is made to wait while this many bytes are held back. */
const heldLimit = 256 * 1_024;

/** One direction of one connection. Bytes never overtake each other here, whatever the weather. */
export class Flow {
  /** Everything is discarded, without notifying either end. */
  lost = false;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #weather: Weather;
  #held: { chunk: Buffer; dueAt: number }[] = [];
  #heldBytes = 0;
  #ended = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(from: Socket, to: Socket, weather: Weather) {
    this.#from = from;
    this.#to = to;
    this.#weather = weather;
    from.on('data', (chunk) => this.#receive(chunk));
    from.on('end', () => {
      this.#ended = true;
      this.pump();
    });
    to.on('drain', () => this.#resume());
  }

  /** Sends what may be sent; called again whenever the weather changes. */
  pump(): void {
    if (this.#timer) return;
    while (!this.#weather.stalled && !this.lost) {
      const [first] = this.#held;
      if (!first) {
        if (this.#ended && !this.#to.destroyed) this.#to.end();
        return;
      }
      const waitMs = first.dueAt - performance.now();
      if (waitMs > 0) {
        this.#later(waitMs);
        return;
      }
      const limit = this.#weather.bytesPerSecond;
      if (limit === null) this.#pass(first.chunk.length);
      else {
        this.#pass(Math.max(1, Math.round((limit * dripEveryMs) / 1_000)));
        this.#later(dripEveryMs);
        return;
      }
    }
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#held = [];
    this.lost = true;
  }

  #receive(chunk: Buffer): void {
    if (this.lost) return;
    const { stalled, bytesPerSecond } = this.#weather;
    const delayMs = this.#weather.delayMs();
    if (this.#held.length === 0 && !stalled && delayMs === 0 && bytesPerSecond === null) {
      if (!this.#to.write(chunk)) this.#from.pause();
      return;
    }
    const before = this.#held.at(-1)?.dueAt ?? 0;
    this.#held.push({ chunk, dueAt: Math.max(before, performance.now() + delayMs) });
    this.#heldBytes += chunk.length;
    if (this.#heldBytes > heldLimit) this.#from.pause();
    this.pump();
  }

  #pass(bytes: number): void {
    const [first] = this.#held;
    if (!first) return;
    const part = first.chunk.subarray(0, bytes);
    if (part.length === first.chunk.length) this.#held.shift();
    else first.chunk = first.chunk.subarray(bytes);
    this.#heldBytes -= part.length;
    if (!this.#to.destroyed) this.#to.write(part);
    if (this.#heldBytes <= heldLimit) this.#resume();
  }

  #resume(): void {
    if (this.#heldBytes <= heldLimit && !this.#to.writableNeedDrain) this.#from.resume();
  }

  #later(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.pump();
    }, Math.ceil(ms));
  }
}
