import { setTimeout as delay } from 'node:timers/promises';
import type { RedisClient } from './service/redis.ts';

/** The partition of a show. All requests for one show go through one queue, in order. */
export function partitionOf(showId: number, partitions: number): number {
  return showId % partitions;
}

/** The name of a partition's queue. The braces are a hash tag: on Redis Cluster its keys share a slot. */
export function queueName(partition: number): string {
  return `{booking-${partition}}`;
}

/** First key of the advisory lock that is a worker's lease on a partition; the second is the partition. */
export const leaseLockClass = 7_232;

/** How long to wait for Redis before another try, in milliseconds. */
const retryMs = 250;
const recordedKey = 'boxoffice:partitions';

/**
 * Records the number of partitions of this installation on first use, and checks it from then on. With a
 * different number, two owners would decide the requests of one show.
 *
 * @throws {PartitionCountError} when a different number is recorded
 */
export async function checkPartitionCount(redis: RedisClient, partitions: number): Promise<void> {
  // A Redis whose memory is full refuses every write, but a service must be able to start, to decide what is queued.
  let recorded = Number(await redis.get(recordedKey));
  if (recorded === 0) {
    await redis.set(recordedKey, partitions, 'NX');
    recorded = Number(await redis.get(recordedKey));
  }
  if (recorded !== partitions) throw new PartitionCountError(recorded, partitions);
}

/**
 * Like checkPartitionCount, but waits until Redis responds.
 *
 * @param redis fails fast (openImpatientRedis), because a connection that waits may wait for ever in its handshake
 * @throws {PartitionCountError} when a different number is recorded
 */
export async function awaitPartitionCheck(redis: RedisClient, partitions: number): Promise<void> {
  for (;;) {
    try {
      return await checkPartitionCount(redis, partitions);
    } catch (error) {
      if (error instanceof PartitionCountError) throw error;
      await delay(retryMs, undefined, { ref: false });
    }
  }
}

export class PartitionCountError extends Error {
  override name = 'PartitionCountError';
  constructor(recorded: number, configured: number) {
    super(
      `This installation has ${recorded} booking partitions, but BOOKING_PARTITIONS is ${configured}. Set it to ${recorded}; ` +
        `to change it, let the queues drain, stop every service and delete the Redis key ${recordedKey}.`,
    );
  }
}
