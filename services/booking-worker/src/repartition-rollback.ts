import { greatestLeast } from '@boxoffice/shared/all-queues';
import type { Partitioning } from '@boxoffice/shared/partitioning';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import { BackgroundLoop } from './background-loop.ts';
import type { BookingStore } from './store/booking-store.ts';

/** How often the queues are inspected, in milliseconds. */
const inspectEveryMs = 1_000;
/** If a queue is found closed this often in a row, the command that closed it has died or is as good as dead. */
const rollBackAfter = 3;

interface RollbackOptions {
  store: Pick<BookingStore, 'advancePartitioning'>;
  redis: RedisClient;
  logger: Logger;
  /** The partitioning that applies; no partitions until it is known. */
  current: () => Partitioning;
}

/**
 * Opens the queues again after `pnpm repartition` has died and left some of them closed. Every worker watches them all. Safe
 * even if the command is alive: it and the workers add the successor of the same generation, so only one of them can
 * (partitioning.ts). The new generation is later than any that a queue asks for: should PostgreSQL have lost its newest
 * row, that generation may be known to gateways, with another number.
 */
export class RepartitionRollback {
  readonly #options: RollbackOptions;
  readonly #loop = new BackgroundLoop(async () => {
    await this.#inspect();
    return inspectEveryMs;
  });
  /** How often in a row a queue has been found closed. */
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
    const { store, redis, logger } = this.#options;
    const current = this.#options.current();
    const { partitions } = current;
    if (partitions === 0) return;
    try {
      const least = await greatestLeast(redis, partitions);
      if (least <= current.generation) {
        this.#closed = 0;
        return;
      }
      if (++this.#closed < rollBackAfter) return;
      if (await store.advancePartitioning(current, { generation: least + 1, partitions }))
        logger.warn({ partitions }, 'an interrupted change of the number of partitions is rolled back');
    } catch (error) {
      logger.debug({ reason: (error as Error).message }, 'the queues cannot be inspected'); // the connections say why
    }
  }
}
