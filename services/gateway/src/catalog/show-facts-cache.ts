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
/** How often the facts of the shows that are in use are requested again, in milliseconds. */
const refreshEveryMs = 1_000;
const showLimit = 10_000;
/** The most shows in one request. */
const refreshLimit = 100;

/** Finds the facts of shows; those that do not exist are left out. */
type Load<Facts> = (ids: readonly number[], requestId: string) => Promise<ReadonlyMap<number, Facts>>;

/**
 * The facts of the shows that are being booked right now. Those in use are refreshed before they are too old, many
 * with one request, so that only the first booking of a show waits for the catalog. Concurrent requests share one
 * call. It caches promises instead of using `fetchMethod`, because their age counts from the request and because an
 * error is cached too, if it says that there is no such show.
 */
export class ShowFactsCache<Facts = BookableShow> {
  readonly #load: Load<Facts>;
  #facts = newCache<Facts>();
  /** The shows asked for since the latest refresh. */
  #used = new Set<number>();
  #refreshAt = 0;

  constructor(load: Load<Facts>) {
    this.#load = load;
  }

  /**
   * The facts of a show. Rejects as `load` does.
   *
   * @throws {ProblemError} show_not_found
   */
  get(showId: number, requestId: string): Promise<Facts> {
    if (performance.now() >= this.#refreshAt) void this.#refresh(requestId);
    this.#used.add(showId);
    const cache = this.#facts;
    const known = cache.get(showId);
    if (known) return known;
    const start = performance.now();
    const facts = this.#load([showId], requestId).then((found) => found.get(showId) ?? notFound());
    cache.set(showId, facts, { start });
    facts.catch((error: unknown) => {
      if (!isNotFound(error) && cache.peek(showId) === facts) cache.delete(showId);
    });
    return facts;
  }

  /** The next `get` of every show loads it again. */
  clear(): void {
    this.#facts = newCache(); // what is in flight is kept in the old one
  }

  get size(): number {
    return this.#facts.size;
  }

  async #refresh(requestId: string): Promise<void> {
    this.#refreshAt = Number.POSITIVE_INFINITY; // one at a time
    const cache = this.#facts;
    const ids = [...this.#used].filter((id) => cache.has(id));
    this.#used.clear();
    const dueAt = performance.now() + refreshEveryMs;
    for (let from = 0; from < ids.length; from += refreshLimit) {
      const some = ids.slice(from, from + refreshLimit);
      const start = performance.now();
      const found = await this.#load(some, requestId).catch(() => null);
      if (!found) break; // they will soon be too old, and the next request will report what is wrong
      for (const id of some) {
        const facts = found.get(id);
        if (facts === undefined) cache.delete(id);
        else cache.set(id, Promise.resolve(facts), { start });
      }
    }
    this.#refreshAt = dueAt;
  }
}

function newCache<Facts>(): LRUCache<number, Promise<Facts>> {
  return new LRUCache<number, Promise<Facts>>({
    max: showLimit,
    ttl: freshForMs - 1, // lru-cache still serves what is exactly as old as its ttl
    ttlResolution: 0,
    perf: { now: () => performance.now() }, // looked up with each call, so that tests can replace the clock
  });
}

function notFound(): never {
  throw new ProblemError('show_not_found');
}

function isNotFound(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.code === 'show_not_found';
}
