import type { AllQueues } from '@boxoffice/shared/all-queues';
import type { Partitioning } from '@boxoffice/shared/partitioning';
import type { Logger } from '@boxoffice/shared/service/logging';
import { BackgroundLoop } from './background-loop.ts';

/** The time until the next inspection, in milliseconds, by the result of the last one. */
const pauseMs = { nothingFound: 5_000, found: 1_000, failed: 1_000, partitionsUnknown: 200 };

interface LeftoverOptions {
  queues: AllQueues;
  logger: Logger;
  /** The partitioning that applies; no partitions until it is known. */
  current: () => Partitioning;
  /** Whether this worker is the one that restores the fences. */
  isOurs: () => boolean;
}

/**
 * Finds envelopes in the queues of partitions that no longer exist (all-queues.ts), and restores the fences that keep such
 * envelopes out, in case Redis has lost them.
 */
export class LeftoverQueues {
  readonly #options: LeftoverOptions;
  readonly #loop = new BackgroundLoop(() => this.#inspect());
  #partitions: ReadonlySet<number> = new Set();

  constructor(options: LeftoverOptions) {
    this.#options = options;
  }

  /** The partitions that no longer exist, but whose queues were not empty at the last inspection. */
  get partitions(): ReadonlySet<number> {
    return this.#partitions;
  }

  start(): void {
    this.#loop.start();
  }

  /** Call it when Redis may have lost data, or this worker has become the one that restores the fences. */
  wake(): void {
    this.#loop.wake();
  }

  /** Does not wait for Redis. */
  async stop(): Promise<void> {
    void this.#loop.stop();
  }

  /** Returns the time until the next inspection, in milliseconds. */
  async #inspect(): Promise<number> {
    const { queues, logger, current, isOurs } = this.#options;
    const { generation, partitions } = current();
    if (partitions === 0) return pauseMs.partitionsUnknown;
    try {
      const unfenced = generation > 0 && isOurs() ? await queues.acceptFrom(generation) : [];
      const { unfinished, silent } = await queues.findUnfinished(partitions);
      const found = [...unfinished, ...silent.filter((partition) => this.#partitions.has(partition))];
      if (found.some((partition) => !this.#partitions.has(partition)))
        logger.warn(
          { partitions: found },
          'partitions that no longer exist have requests waiting: serving those partitions, too',
        );
      this.#partitions = new Set(found);
      if (unfenced.length > 0) return pauseMs.failed;
      return found.length > 0 ? pauseMs.found : pauseMs.nothingFound;
    } catch (error) {
      logger.debug({ reason: (error as Error).message }, 'the queues cannot be inspected'); // the connections say why
      return pauseMs.failed;
    }
  }
}
