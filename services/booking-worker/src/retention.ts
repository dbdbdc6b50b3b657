import { once } from 'node:events';
import { firstIdAt } from '@boxoffice/shared/booking-id';
import type { Logger } from '@boxoffice/shared/service/logging';
import { BackgroundLoop } from './background-loop.ts';
import type { BookingStore } from './store/booking-store.ts';
import type { Turns } from './turn.ts';

/** How long an outcome is kept, in milliseconds. */
const retentionMs = 24 * 60 * 60 * 1_000;
/** Outcomes removed per transaction. */
const batchSize = 500;
/** The pause between two batches while requests are being decided, in milliseconds: requests come first. */
const pauseWhileBusyMs = 250;
/** The pause after a search that found less than a batch, in milliseconds. */
const pauseWhenDoneMs = 60_000;
/** How often a worker that is not removing outcomes checks whether it should, in milliseconds. */
const pauseWhenNotOursMs = 1_000;

interface RetentionOptions {
  store: Pick<BookingStore, 'removeOutcomesBefore'>;
  turns: Pick<Turns, 'busy'>;
  logger: Logger;
  /** Whether this worker is the one that removes outcomes. */
  isOurs: () => boolean;
  /** The id of the oldest unfinished envelope of all queues; null when there is none. */
  oldestUnfinishedId: () => Promise<string | null>;
}

/**
 * Removes expired outcomes in small transactions outside the turns. The owner of partition 0 does it for all partitions.
 * The outcomes of unfinished envelopes are kept, however old: if such an envelope runs again, they must be repeated.
 */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #loop = new BackgroundLoop(async () =>
    this.#options.isOurs() ? this.#pauseAfter(await this.#removeBatch()) : pauseWhenNotOursMs,
  );
  readonly #stopped = once(this.#loop.signal, 'abort').then(() => null);

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop.start();
  }

  /** Waits for the batch in progress. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  #pauseAfter(removed: number): number {
    if (removed < batchSize) return pauseWhenDoneMs;
    return this.#options.turns.busy ? pauseWhileBusyMs : 0;
  }

  async #removeBatch(): Promise<number> {
    const { store, logger, oldestUnfinishedId } = this.#options;
    try {
      const expired = firstIdAt(Date.now() - retentionMs);
      const unfinished = await Promise.race([oldestUnfinishedId(), this.#stopped]); // Redis may be unavailable
      if (this.#loop.signal.aborted) return 0;
      return await store.removeOutcomesBefore(unfinished && unfinished < expired ? unfinished : expired, batchSize);
    } catch (error) {
      logger.warn({ reason: (error as Error).message }, 'expired outcomes cannot be removed yet');
      return 0;
    }
  }
}
