import { AllQueues } from '@boxoffice/shared/all-queues';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import type { Logger } from '@boxoffice/shared/service/logging';
import { duplicateRedis, type RedisClient } from '@boxoffice/shared/service/redis';
import type { Replication } from '@boxoffice/shared/service/replicated-transaction';

/**
 * The queues of all partitions, opened on first use. They read over one connection. Any partition may be requested, even one
 * that this gateway does not send to: the number of partitions may have changed since a request was accepted, and ids can be
 * made up. Only those that it sends to have a connection of their own, if replicas are required.
 */
export class EnvelopeQueues {
  readonly #redis: RedisClient;
  readonly #all: AllQueues;
  readonly #replication: Replication | undefined;
  readonly #queues = new Map<number, EnvelopeQueue>();

  /**
   * @param redis fails fast
   * @param options.replicas the number of replicas that must have an envelope before it counts as added
   */
  constructor(redis: RedisClient, { replicas, logger }: { replicas: number; logger: Logger }) {
    this.#redis = redis;
    this.#all = new AllQueues(redis);
    this.#replication = replicas > 0 ? { replicas, connect: () => duplicateRedis(redis, logger) } : undefined;
  }

  /** A partition's queue. Opens no connection. */
  of(partition: number): EnvelopeQueue {
    const queue =
      this.#queues.get(partition) ??
      new EnvelopeQueue(partition, this.#redis, { failFast: true, replication: this.#replication });
    this.#queues.set(partition, queue);
    return queue;
  }

  /** Prepares for sending to this many partitions, and to no others. */
  openForAdding(partitions: number): void {
    for (let partition = 0; partition < partitions; partition++) this.of(partition).openForAdding();
    for (const [partition, queue] of this.#queues)
      if (partition >= partitions) queue.closeForAdding().catch(() => undefined);
  }

  /** Finds the partitions, from this one on, whose queues are known not to be empty. */
  async findUnfinished(from: number): Promise<number[]> {
    return (await this.#all.findUnfinished(from)).unfinished;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }
}
