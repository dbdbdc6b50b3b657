import type { ShowFacts } from '@boxoffice/shared/contracts/catalog';
import { ProblemError } from '@boxoffice/shared/contracts/problems';

/** How long an answer is good for, counted from when it was asked for, in milliseconds. */
const freshForMs = 2_000;
const entryLimit = 10_000;

interface Entry {
  facts: Promise<ShowFacts>;
  /** On the clock of `performance.now()`. */
  staleAtMs: number;
}

/** The facts of the shows that are being booked just now; each is asked for once at a time. */
export class ShowFactsCache {
  /** In the order in which they were asked for, so that the first is the first to go stale. */
  readonly #entries = new Map<number, Entry>();

  /** The facts of a show, from `ask` when there are no fresh ones; rejects as `ask` does. */
  get(showId: number, ask: () => Promise<ShowFacts>): Promise<ShowFacts> {
    const nowMs = performance.now();
    const known = this.#entries.get(showId);
    if (known && nowMs < known.staleAtMs) return known.facts;
    const entry: Entry = { facts: ask(), staleAtMs: nowMs + freshForMs };
    this.#entries.delete(showId);
    this.#entries.set(showId, entry);
    this.#keepBound();
    entry.facts.catch((error: unknown) => {
      if (!isNotFound(error) && this.#entries.get(showId) === entry) this.#entries.delete(showId);
    });
    return entry.facts;
  }

  /** Has the next `get` of every show ask again. */
  forgetAll(): void {
    this.#entries.clear();
  }

  get size(): number {
    return this.#entries.size;
  }

  #keepBound(): void {
    if (this.#entries.size <= entryLimit) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.code === 'show_not_found';
}
