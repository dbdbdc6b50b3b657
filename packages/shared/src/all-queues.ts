/**
 * All queues that an installation may have, including those beyond its current number of partitions. The latter should be
 * empty, because they were drained before the number was reduced. But if Redis loses data, it may lose the fence that keeps
 * outdated gateways out, or bring a finished envelope back. Such an envelope is decided like any other.
 */
import { QueueKeys } from 'bullmq';
import { Cluster } from 'ioredis';
import { partitionLimit, queueName } from './partition.ts';
import { raiseLeast } from './queue-scripts.ts';
import type { RedisClient } from './service/redis.ts';
import { withinTime } from './time-limit.ts';

/** How long one queue may take to respond, in milliseconds. */
const respondWithinMs = 1_000;

const keys = new QueueKeys();
const leastKey = (partition: number) => keys.toKey(queueName(partition), 'least');
/** Redis keeps no empty lists: if neither exists, every envelope is finished. */
const unfinishedKeys = (partition: number) => ['wait', 'active'].map((list) => keys.toKey(queueName(partition), list));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** Asks each queue by itself: on a cluster, a master that is down must not hold up the queues of the others. */
export class AllQueues {
  readonly #redis: RedisClient;
  /** Queues that have not responded in time. Until they do, nothing more is sent to them: it would pile up. */
  readonly #overdue = new Set<number>();

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /**
   * The partitions, from this one on, whose queues have unfinished envelopes, and those whose queues do not respond.
   *
   * @throws when Redis is a single server and does not respond
   */
  async findUnfinished(from = 0): Promise<{ unfinished: number[]; silent: number[] }> {
    const partitions = range(from, partitionLimit);
    const redis = this.#redis;
    if (partitions.length === 0) return { unfinished: [], silent: [] };
    // Usually there are none, and then one command suffices. Not on a cluster, where each queue has its own slot.
    if (!(redis instanceof Cluster) && (await redis.exists(...partitions.flatMap(unfinishedKeys))) === 0)
      return { unfinished: [], silent: [] };
    const { results, failures } = await this.#onEach(partitions, (queue) => redis.exists(...unfinishedKeys(queue)));
    return {
      unfinished: partitions.filter((partition) => results.get(partition)),
      silent: partitions.filter((partition) => failures.has(partition)),
    };
  }

  /** Whether every queue is known to have no unfinished envelopes. */
  async areEmpty(): Promise<boolean> {
    const { unfinished, silent } = await this.findUnfinished();
    return unfinished.length === 0 && silent.length === 0;
  }

  /**
   * The latest generation that any queue of this many partitions requires, of those that respond.
   *
   * @throws when none responds
   */
  async greatestLeast(partitions = partitionLimit): Promise<number> {
    const { results, failures } = await this.#onEach(range(0, partitions), (queue) => this.#redis.get(leastKey(queue)));
    const [failure] = failures.values();
    if (failure && results.size === 0) throw failure;
    return Math.max(0, ...[...results.values()].map(Number));
  }

  /**
   * From now on, every queue refuses envelopes of generations before this one.
   *
   * @returns the partitions whose queues do not respond
   */
  async acceptFrom(generation: number): Promise<number[]> {
    const partitions = range(0, partitionLimit);
    const { failures } = await this.#onEach(partitions, (queue) =>
      this.#redis.eval(raiseLeast, 1, leastKey(queue), generation),
    );
    return partitions.filter((partition) => failures.has(partition));
  }

  /** Never rejects. */
  async #onEach<Result>(
    partitions: number[],
    ask: (partition: number) => Promise<Result>,
  ): Promise<{ results: Map<number, Result>; failures: Map<number, Error> }> {
    const results = new Map<number, Result>();
    const failures = new Map<number, Error>();
    await Promise.all(
      partitions.map((partition) =>
        this.#ask(partition, ask).then(
          (result) => results.set(partition, result),
          (error: Error) => failures.set(partition, error),
        ),
      ),
    );
    return { results, failures };
  }

  /** @throws when the queue does not respond in time */
  async #ask<Result>(partition: number, ask: (partition: number) => Promise<Result>): Promise<Result> {
    const silent = () => new Error(`the queue of partition ${partition} does not respond`);
    if (this.#overdue.has(partition)) throw silent();
    let isPending = true;
    const asked = ask(partition).finally(() => {
      isPending = false;
      this.#overdue.delete(partition);
    });
    return withinTime(asked, respondWithinMs, () => {
      // After a freeze of this process, the response and the deadline come at the same time.
      if (isPending) this.#overdue.add(partition);
      return silent();
    });
  }
}
