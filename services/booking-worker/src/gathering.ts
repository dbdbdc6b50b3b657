/** The longest that a turn waits for more envelopes, in milliseconds: a fraction of what a turn takes. */
const gatherMs = 2;
/** So many turns are remembered. */
const recentTurns = 4;

/**
 * Says when a turn should begin. A gateway sends what it has for all partitions of a worker together, but each envelope
 * comes out of a queue of its own, some a moment later than others: a turn that takes the first leaves the others to
 * another transaction. So a turn waits briefly for as many envelopes as the largest recent one had. Those who book
 * alone, and all requests for one show, make turns of one envelope, and wait for nothing.
 */
export class Gathering {
  #recent: number[] = [];
  #expected = 0;
  #complete: (() => void) | null = null;

  /** Resolves when a turn should take what is pending. */
  async wait(pending: number): Promise<void> {
    this.#expected = Math.max(0, ...this.#recent);
    if (pending >= this.#expected) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, gatherMs);
    this.#complete = resolve;
    await promise;
    clearTimeout(timer);
    this.#complete = null;
  }

  /** Call it when an envelope has arrived, with the number that is pending now. */
  arrived(pending: number): void {
    if (pending >= this.#expected) this.#complete?.();
  }

  /** Call it with the number of envelopes that a turn has taken. */
  taken(envelopes: number): void {
    this.#recent = [envelopes, ...this.#recent].slice(0, recentTurns);
  }
}
