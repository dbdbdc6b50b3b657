import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import type { Logger } from '@boxoffice/shared/service/logging';
import { duplicateRedis, type RedisClient } from '@boxoffice/shared/service/redis';

/**
 * The queues of all partitions, opened on first use. Any partition may be asked for, also one that this gateway does not
 * send to: the number of partitions may have changed since a request was accepted, or since this gateway last read it.
 */
export class EnvelopeQueues {
  readonly #redis: RedisClient;
  readonly #replicas: number;
  readonly #logger: Logger;
  readonly #queues = new Map<number, EnvelopeQueue>();
  readonly #connections: RedisClient[] = [];

  /**
   * @param redis fails fast
   * @param options.replicas that must have an envelope before it counts as added
   */
  constructor(redis: RedisClient, { replicas, logger }: { replicas: number; logger: Logger }) {
    this.#redis = redis;
    this.#replicas = replicas;
    this.#logger = logger;
  }

  of(partition: number): EnvelopeQueue {
    const queue =
      this.#queues.get(partition) ??
      new EnvelopeQueue(partition, this.#connection(), { failFast: true, replicas: this.#replicas });
    this.#queues.set(partition, queue);
    return queue;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    for (const connection of this.#connections) connection.disconnect();
  }

  /** Whatever waits for replicas keeps its connection busy: each partition has its own then. */
  #connection(): RedisClient {
    if (this.#replicas === 0) return this.#redis;
    const connection = duplicateRedis(this.#redis, this.#logger);
    this.#connections.push(connection);
    return connection;
  }
}
