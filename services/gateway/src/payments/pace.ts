import { setTimeout as delay } from 'node:timers/promises';

/** Spaces calls out: at most so many a second, whatever the reason for them. */
export class Pace {
  readonly #intervalMs: number;
  #next = 0;

  constructor(perSecond: number) {
    this.#intervalMs = 1_000 / perSecond;
  }

  /** How long a call that is asked for now must wait, in milliseconds. */
  get delayMs(): number {
    return Math.max(0, this.#next - performance.now());
  }

  /** Waits for this caller's turn. */
  async turn(): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.#next);
    this.#next = at + this.#intervalMs;
    if (at > now) await delay(at - now, undefined, { ref: false });
  }
}
