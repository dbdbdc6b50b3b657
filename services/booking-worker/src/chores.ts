import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { Lease } from './leases/leases.ts';
import type { BookingStore } from './store/booking-store.ts';
import { LeaseLost } from './store/errors.ts';

/** The time between two searches, in milliseconds. */
const pauseMs = 250;
/** The time between two full batches while no requests are being decided, in milliseconds. */
const pauseWhileIdleMs = 10;
/** Most searches consider shows that were cancelled this recently, in seconds. */
const recentSeconds = 10 * 60;
/** Every so many searches, all cancelled shows are considered: an outage may have been long. */
const searchesPerFullSearch = 120;
const everSeconds = 1_000_000_000;

interface ChoresOptions {
  store: Pick<BookingStore, 'endBookings'>;
  turns: { readonly busy: boolean };
  /** The leases of the partitions that this process serves. */
  leases: () => readonly Lease[];
  partitionCount: number;
  logger: Logger;
  /** Called after the commit with the shows whose seats have become free. */
  onSeatsFreed: (showIds: number[]) => void;
}

/**
 * What the owner of a partition does without being asked: it ends holds whose time is over, and the bookings of
 * cancelled shows. One small transaction at a time, under the same locks and leases as turns and so in order with
 * them. Nothing is scheduled anywhere: PostgreSQL knows when each hold ends, so none is ever lost.
 */
export class Chores {
  readonly #options: ChoresOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #searches = 0;
  /** The sessions of the leases for which all cancelled shows have been considered. */
  #known = '';

  constructor(options: ChoresOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Waits for the transaction in progress. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const leases = this.#options.leases();
      const mayHaveMore = leases.length > 0 && (await this.#endSome(leases));
      const hurries = mayHaveMore && !this.#options.turns.busy;
      await delay(hurries ? pauseWhileIdleMs : pauseMs, undefined, { signal: this.#stop.signal, ref: false }).catch(
        () => undefined,
      );
    }
  }

  /** Returns whether there may be more to end. */
  async #endSome(leases: readonly Lease[]): Promise<boolean> {
    const { store, partitionCount, logger, onSeatsFreed } = this.#options;
    const owned = leases.map(({ partition, session }) => `${partition}/${session}`).join();
    const considersAll = owned !== this.#known || this.#searches % searchesPerFullSearch === 0;
    try {
      const cancelledWithinSeconds = considersAll ? everSeconds : recentSeconds;
      const { shows, ended, mayHaveMore } = await store.endBookings(leases, { partitionCount, cancelledWithinSeconds });
      if (!mayHaveMore) {
        this.#known = owned;
        this.#searches++;
      }
      if (ended > 0) {
        logger.info({ ended, shows }, 'holds and bookings ended');
        onSeatsFreed(shows);
      }
      return mayHaveMore;
    } catch (error) {
      if (!(error instanceof LeaseLost))
        logger.warn({ reason: (error as Error).message }, 'holds and bookings that are over cannot be ended yet');
      return false;
    }
  }
}
