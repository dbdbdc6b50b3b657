/**
 * Shares look-ups among all who want the same thing at the same time: however many they are, one look-up is in progress.
 * What it finds is never older than the question: whoever asks meanwhile gets the result of the next one.
 */
export class SharedLookUps<Result> {
  readonly #lookUp: (key: string) => Promise<Result>;
  /** The look-ups in progress, each with the next one if somebody waits for it. */
  readonly #running = new Map<string, { next?: PromiseWithResolvers<Result> }>();

  constructor(lookUp: (key: string) => Promise<Result>) {
    this.#lookUp = lookUp;
  }

  /** Looks a key up. Rejects as the look-up does, or as the one before it did: a server that hangs is waited for once. */
  find(key: string): Promise<Result> {
    const running = this.#running.get(key);
    if (!running) return this.#start(key);
    running.next ??= Promise.withResolvers();
    return running.next.promise;
  }

  #start(key: string): Promise<Result> {
    const running: { next?: PromiseWithResolvers<Result> } = {};
    this.#running.set(key, running);
    const result = this.#lookUp(key);
    result.then(
      () => {
        this.#running.delete(key);
        if (running.next) running.next.resolve(this.#start(key));
      },
      (error) => {
        this.#running.delete(key);
        running.next?.reject(error);
      },
    );
    return result;
  }
}
