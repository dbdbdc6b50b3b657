import type { Redis } from 'ioredis';

/** The partition of a show: all that is asked of one show goes through one queue, in order. */
export function partitionOf(showId: number, partitions: number): number {
  return showId % partitions;
}

/** A partition's queue. The braces are a hash tag: on Redis Cluster its keys share a slot. */
export function queueName(partition: number): string {
  return `{booking-${partition}}`;
}

const recordedKey = 'boxoffice:partitions';

/**
 * Records how many partitions this installation has, or checks that it still has as many: with
 * another number a show's requests would be decided in two places.
 *
 * @throws {PartitionCountError} when another number is recorded
 */
export async function checkPartitionCount(redis: Redis, partitions: number): Promise<void> {
  await redis.set(recordedKey, partitions, 'NX');
  const recorded = Number(await redis.get(recordedKey));
  if (recorded !== partitions) throw new PartitionCountError(recorded, partitions);
}

export class PartitionCountError extends Error {
  override name = 'PartitionCountError';
  constructor(recorded: number, wanted: number) {
    super(
      `This installation has ${recorded} booking partitions, but BOOKING_PARTITIONS is ${wanted}. Set it to ${recorded}; ` +
        `to change it, stop everything, let the queues run empty and delete the Redis key ${recordedKey}.`,
    );
  }
}
