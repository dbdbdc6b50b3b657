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

const keys = new QueueKeys();
const leastKey = (partition: number) => keys.toKey(queueName(partition), 'least');
/** Redis keeps no empty lists: if neither exists, every envelope is finished. */
const unfinishedKeys = (partition: number) => ['wait', 'active'].map((list) => keys.toKey(queueName(partition), list));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** The partitions, from this one on, whose queues have unfinished envelopes. */
export async function findUnfinished(redis: RedisClient, from = 0): Promise<number[]> {
  const partitions = range(from, partitionLimit);
  if (partitions.length === 0) return [];
  // Usually there are none, and then one command suffices. Not on a cluster, where each queue has its own slot.
  if (!(redis instanceof Cluster) && (await redis.exists(...partitions.flatMap(unfinishedKeys))) === 0) return [];
  const lists = await Promise.all(partitions.map((partition) => redis.exists(...unfinishedKeys(partition))));
  return partitions.filter((_, index) => lists[index] !== 0);
}

/** The latest generation that any queue of this many partitions requires. */
export async function greatestLeast(redis: RedisClient, partitions: number): Promise<number> {
  const values = await Promise.all(range(0, partitions).map((partition) => redis.get(leastKey(partition))));
  return Math.max(0, ...values.map(Number));
}

/** From now on, every queue refuses envelopes of generations before this one. */
export async function acceptEverywhereFrom(redis: RedisClient, generation: number): Promise<void> {
  await Promise.all(
    range(0, partitionLimit).map((partition) => redis.eval(raiseLeast, 1, leastKey(partition), generation)),
  );
}
