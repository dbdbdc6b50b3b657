/**
 * Shares look-ups among all who want the same thing at the same time: however many they are, one look-up is in progress.
 * What it finds is never older than the question: whoever asks meanwhile gets the result of the next one.
 */
export class SharedLookUps<Result> {
  readonly #lookUp: (key: string) => Promise<Result>;
  readonly #running = new Map<string, Promise<Result>>();
  readonly #next = new Map<string, Promise<Result>>();

  constructor(lookUp: (key: string) => Promise<Result>) {
    this.#lookUp = lookUp;
  }

  /** Looks a key up. Rejects as the look-up does, or as the one before it did: a server that hangs is waited for once. */
  find(key: string): Promise<Result> {
    const running = this.#running.get(key);
    if (!running) return this.#start(key);
    const next = this.#next.get(key) ?? running.finally(() => this.#next.delete(key)).then(() => this.#start(key));
    this.#next.set(key, next);
    return next;
  }

  #start(key: string): Promise<Result> {
    const result = this.#lookUp(key).finally(() => this.#running.delete(key));
    this.#running.set(key, result);
    return result;
  }
}
