import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { findUnfinished } from '@boxoffice/shared/all-queues';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import type { Logger } from '@boxoffice/shared/service/logging';
import { duplicateRedis, type RedisClient } from '@boxoffice/shared/service/redis';

/** How long to wait for a new connection before commands are sent regardless, which then fail, in milliseconds. */
const openWithinMs = 1_000;

/**
 * The queues of all partitions, opened on first use. These may include partitions that this gateway does not send to: the
 * number of partitions may have changed since a request was accepted, or since this gateway last read it.
 */
export class EnvelopeQueues {
  readonly #redis: RedisClient;
  readonly #replicas: number;
  readonly #logger: Logger;
  readonly #queues = new Map<number, EnvelopeQueue>();
  readonly #connections: RedisClient[] = [];
  /** For each queue with its own connection: settles when that is ready or could not be opened. Never rejects. */
  readonly #opened = new Map<number, Promise<unknown>>();

  /**
   * @param redis fails fast
   * @param options.replicas the number of replicas that must have an envelope before it counts as added
   */
  constructor(redis: RedisClient, { replicas, logger }: { replicas: number; logger: Logger }) {
    this.#redis = redis;
    this.#replicas = replicas;
    this.#logger = logger;
  }

  of(partition: number): EnvelopeQueue {
    const open = this.#queues.get(partition);
    if (open) return open;
    const connection = this.#connection(partition);
    const queue = new EnvelopeQueue(partition, connection, { failFast: true, replicas: this.#replicas });
    this.#queues.set(partition, queue);
    return queue;
  }

  /** Returns the queue once its connection is ready, or could not be opened. */
  async opened(partition: number): Promise<EnvelopeQueue> {
    const queue = this.of(partition);
    await this.#opened.get(partition);
    return queue;
  }

  /** Finds the partitions, from this one on, whose queues are not empty. */
  async findUnfinished(from: number): Promise<number[]> {
    return findUnfinished(this.#redis, from);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    for (const connection of this.#connections) connection.disconnect();
  }

  /** Waiting for replicas blocks a connection, so each partition has its own then. */
  #connection(partition: number): RedisClient {
    if (this.#replicas === 0) return this.#redis;
    const connection = duplicateRedis(this.#redis, this.#logger);
    this.#connections.push(connection);
    this.#opened.set(partition, firstAttempt(connection));
    return connection;
  }
}

function firstAttempt(connection: RedisClient): Promise<unknown> {
  const over = new AbortController();
  const { signal } = over;
  const ended = ['ready', 'close'].map((event) => once(connection, event, { signal }));
  const first = Promise.race([...ended, delay(openWithinMs, undefined, { signal, ref: false })]);
  return first.catch(() => undefined).finally(() => over.abort());
}
