import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import type { Redis } from 'ioredis';

/**
 * The queues of all partitions, opened on first use. Any partition may be asked for, also one that this gateway does not
 * send to: the number of partitions may have changed since a request was accepted, or since this gateway last read it.
 */
export class EnvelopeQueues {
  readonly #redis: Redis;
  readonly #queues = new Map<number, EnvelopeQueue>();

  /** @param redis fails fast */
  constructor(redis: Redis) {
    this.#redis = redis;
  }

  of(partition: number): EnvelopeQueue {
    const queue = this.#queues.get(partition) ?? new EnvelopeQueue(partition, this.#redis, { failFast: true });
    this.#queues.set(partition, queue);
    return queue;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }
}
