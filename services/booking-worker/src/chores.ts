import type { Logger } from '@boxoffice/shared/service/logging';
import { BackgroundLoop } from './background-loop.ts';
import type { Lease } from './leases/leases.ts';
import type { BookingStore } from './store/booking-store.ts';
import { LeaseLost } from './store/errors.ts';

/** The shortest pause after a search that finds less than a full batch, in milliseconds, so that several expiries share a batch. */
const pauseMs = 250;
/** The longest pause between two searches, in milliseconds: meanwhile shows may be cancelled and short holds made. */
const longestPauseMs = 1_000;
/** The shortest time between two full batches, in milliseconds. */
const pauseWhenBehindMs = 10;
/** Most searches consider shows that were cancelled this recently, in seconds. */
const recentSeconds = 10 * 60;
/** One search in this many considers all cancelled shows: an outage may have been long. */
const searchesPerFullSearch = 120;
const everSeconds = 1_000_000_000;

interface ChoresOptions {
  store: Pick<BookingStore, 'endBookings'>;
  turns: { readonly busy: boolean };
  /** The leases of the partitions that this process serves. */
  leases: () => readonly Lease[];
  /** The number of all partitions. */
  partitionCount: () => number;
  logger: Logger;
  /** Called after the commit with the shows whose seats have become free. */
  onSeatsFreed: (showIds: number[]) => void;
}

/**
 * What the owner of a partition does unprompted: it expires holds and cancels the bookings of cancelled shows, in one
 * small transaction at a time, under the same locks and leases as turns and so in order with them. Nothing is
 * scheduled anywhere: the rows say when each hold ends, so no crash loses one.
 */
export class Chores {
  readonly #options: ChoresOptions;
  readonly #loop = new BackgroundLoop(async () => {
    const leases = this.#options.leases();
    return leases.length > 0 ? this.#endSome(leases) : pauseMs;
  });
  #searches = 0;
  /** The number of partitions and the leases for which all cancelled shows have already been considered. */
  #known = '';

  constructor(options: ChoresOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop.start();
  }

  /** Waits for the transaction in progress. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Ends one batch at most. Returns when to search again, in milliseconds. */
  async #endSome(leases: readonly Lease[]): Promise<number> {
    const { store, partitionCount, logger, onSeatsFreed } = this.#options;
    const count = partitionCount();
    const owned = [count, ...leases.map(({ partition, session }) => `${partition}/${session}`)].join();
    const considersAll = owned !== this.#known || this.#searches % searchesPerFullSearch === 0;
    const startedAt = performance.now();
    try {
      const cancelledWithinSeconds = considersAll ? everSeconds : recentSeconds;
      const found = await store.endBookings(leases, { partitionCount: count, cancelledWithinSeconds });
      const { shows, ended, nextInMs, mayHaveMore } = found;
      if (!mayHaveMore) {
        this.#known = owned;
        this.#searches++;
      }
      if (ended > 0) {
        logger.info({ ended, shows }, 'holds and bookings ended');
        onSeatsFreed(shows);
      }
      if (mayHaveMore) return this.#pauseAfterFullBatch(performance.now() - startedAt);
      return Math.min(Math.max(nextInMs ?? longestPauseMs, pauseMs), longestPauseMs);
    } catch (error) {
      if (!(error instanceof LeaseLost))
        logger.warn({ reason: (error as Error).message }, 'holds and bookings cannot be ended yet');
      return pauseMs;
    }
  }

  /**
   * While requests are being decided, they get as much time after a batch as it took: no request waits for more than
   * one batch, and thousands of holds that end together are still ended within seconds.
   */
  #pauseAfterFullBatch(tookMs: number): number {
    return this.#options.turns.busy ? Math.min(Math.max(tookMs, pauseWhenBehindMs), pauseMs) : pauseWhenBehindMs;
  }
}
