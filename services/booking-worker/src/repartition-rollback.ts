import type { Partitioning } from '@boxoffice/shared/partitioning';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import { BackgroundLoop } from './background-loop.ts';
import type { BookingStore } from './store/booking-store.ts';

/** How often the queue is inspected, in milliseconds. */
const inspectEveryMs = 1_000;
/** Queues that are found closed this often in a row were closed by a command that has died, or is as good as dead. */
const rollBackAfter = 3;

interface RollbackOptions {
  store: Pick<BookingStore, 'advancePartitioning'>;
  redis: RedisClient;
  logger: Logger;
  /** The partitioning that applies. */
  current: () => Partitioning;
  /** Whether this worker is the one that does it: the owner of partition 0, whose queue is closed first. */
  isOurs: () => boolean;
}

/**
 * Opens the queues again when `pnpm repartition` has died after it closed them. Safe whether it has died or not: the
 * command and this add the same generation, and only one of them can (partitioning.ts).
 */
export class RepartitionRollback {
  readonly #options: RollbackOptions;
  readonly #queue: EnvelopeQueue;
  readonly #loop = new BackgroundLoop(async () => {
    if (this.#options.isOurs()) await this.#inspect();
    else this.#closed = 0;
    return inspectEveryMs;
  });
  /** How often in a row the queue has been found closed. */
  #closed = 0;

  constructor(options: RollbackOptions) {
    this.#options = options;
    this.#queue = new EnvelopeQueue(0, options.redis);
  }

  start(): void {
    this.#loop.start();
  }

  /** Does not wait for Redis. */
  async stop(): Promise<void> {
    void this.#loop.stop();
    this.#queue.close().catch(() => undefined);
  }

  async #inspect(): Promise<void> {
    const { store, logger } = this.#options;
    try {
      const least = await this.#queue.leastGeneration();
      const current = this.#options.current();
      if (least <= current.generation) {
        this.#closed = 0;
        return;
      }
      if (++this.#closed < rollBackAfter) return;
      const { partitions } = current;
      if (await store.advancePartitioning(current, { generation: least, partitions }))
        logger.warn({ partitions }, 'an interrupted change of the number of partitions is rolled back');
    } catch (error) {
      logger.debug({ reason: (error as Error).message }, 'the queue cannot be inspected'); // the connections say why
    }
  }
}
