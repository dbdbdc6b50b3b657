import { setTimeout as delay } from 'node:timers/promises';

/** Work that is done again and again, with pauses, until it is stopped. */
export class BackgroundLoop {
  readonly #step: () => Promise<number>;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  /** @param step does some of the work; never rejects, and returns how long to pause after it, in milliseconds */
  constructor(step: () => Promise<number>) {
    this.#step = step;
  }

  /** Aborted once the loop is being stopped. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Waits for the step in progress. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.signal.aborted) {
      const pauseMs = await this.#step();
      await delay(pauseMs, undefined, { signal: this.signal, ref: false }).catch(() => undefined);
    }
  }
}
