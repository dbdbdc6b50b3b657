import type { ShowFacts } from '@boxoffice/shared/contracts/catalog';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Layout } from '@boxoffice/shared/layout';
import { LRUCache } from 'lru-cache';

/** The facts about a show, and its layout. */
export interface BookableShow extends ShowFacts {
  /** Null when the show has rows of its own. */
  layout: Layout | null;
}

/** How long facts are used, counted from when they were requested, in milliseconds. */
const freshForMs = 2_000;
const showLimit = 10_000;

/**
 * The facts of the shows that are being booked right now; concurrent requests share one call. It caches
 * promises instead of using `fetchMethod`, because their age counts from the request and because an
 * error is cached too, if it says that there is no such show.
 */
export class ShowFactsCache<Facts = BookableShow> {
  readonly #facts = new LRUCache<number, Promise<Facts>>({
    max: showLimit,
    ttl: freshForMs - 1, // lru-cache still serves what is exactly as old as its ttl
    ttlResolution: 0,
    perf: { now: () => performance.now() }, // looked up with each call, so that tests can replace the clock
  });

  /** The facts of a show, from `load` when none are fresh. Rejects as `load` does. */
  get(showId: number, load: () => Promise<Facts>): Promise<Facts> {
    const known = this.#facts.get(showId);
    if (known) return known;
    const start = performance.now();
    const facts = load();
    this.#facts.set(showId, facts, { start });
    facts.catch((error: unknown) => {
      if (!isNotFound(error) && this.#facts.peek(showId) === facts) this.#facts.delete(showId);
    });
    return facts;
  }

  /** The next `get` of every show loads it again. */
  clear(): void {
    this.#facts.clear();
  }

  get size(): number {
    return this.#facts.size;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.code === 'show_not_found';
}
