import type { AllQueues } from '@boxoffice/shared/all-queues';
import type { Partitioning } from '@boxoffice/shared/partitioning';
import type { Logger } from '@boxoffice/shared/service/logging';
import { BackgroundLoop } from './background-loop.ts';
import type { BookingStore } from './store/booking-store.ts';

/** How often the queues are inspected, in milliseconds. */
const inspectEveryMs = 1_000;
/** If queues are found closed this many times in a row, the command that closed them has died, or is too slow. */
const rollBackAfter = 3;
/**
 * Until they have been found closed this many times, they must be empty, too. The command drains them, but if PostgreSQL has
 * lost its newest row, they hold requests that were distributed over another number of partitions: those come first.
 */
const mustBeEmptyUntil = 30;

interface RollbackOptions {
  store: Pick<BookingStore, 'advancePartitioning'>;
  queues: Pick<AllQueues, 'greatestLeast' | 'areEmpty'>;
  logger: Logger;
  /** The partitioning that applies; no partitions until it is known. */
  current: () => Partitioning;
}

/**
 * Opens the queues again if `pnpm repartition` has died and left any of them closed. Every worker checks all queues. This is
 * safe even if the command is alive: it and the workers try to succeed the same generation, and only one of them can
 * (partitioning.ts). The new generation is later than any that a queue requires: if PostgreSQL has lost its newest row,
 * gateways may know that generation with another number.
 */
export class RepartitionRollback {
  readonly #options: RollbackOptions;
  readonly #loop = new BackgroundLoop(async () => {
    await this.#inspect();
    return inspectEveryMs;
  });
  /** How many times in a row queues have been found closed. */
  #closed = 0;

  constructor(options: RollbackOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop.start();
  }

  /** Does not wait for Redis. */
  async stop(): Promise<void> {
    void this.#loop.stop();
  }

  async #inspect(): Promise<void> {
    const { store, queues, logger } = this.#options;
    const current = this.#options.current();
    const { partitions } = current;
    if (partitions === 0) return;
    try {
      const least = await queues.greatestLeast(partitions);
      if (least <= current.generation) {
        this.#closed = 0;
        return;
      }
      if (++this.#closed < rollBackAfter) return;
      const areEmpty = await queues.areEmpty();
      if (!areEmpty && this.#closed < mustBeEmptyUntil) return;
      if (await store.advancePartitioning(current, { generation: least + 1, partitions }))
        logger.warn({ partitions, areEmpty }, 'an interrupted change of the number of partitions is rolled back');
    } catch (error) {
      logger.debug({ reason: (error as Error).message }, 'the queues cannot be inspected'); // the connections say why
    }
  }
}
