import { setTimeout as delay } from 'node:timers/promises';

/** Repeats a step, with pauses, until stopped. */
export class BackgroundLoop {
  readonly #step: () => Promise<number>;
  readonly #stop = new AbortController();
  #woken = Promise.withResolvers<void>();
  #running: Promise<void> = Promise.resolve();

  /** @param step never rejects, and returns how long to pause after it, in milliseconds */
  constructor(step: () => Promise<number>) {
    this.#step = step;
  }

  /** Aborted when the loop is being stopped. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Ends the pause in progress, or skips the next one. */
  wake(): void {
    this.#woken.resolve();
  }

  /** Waits for the step in progress. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.signal.aborted) {
      this.#woken = Promise.withResolvers();
      const pauseMs = await this.#step();
      const pause = delay(pauseMs, undefined, { signal: this.signal, ref: false }).catch(() => undefined);
      await Promise.race([pause, this.#woken.promise]);
    }
  }
}
