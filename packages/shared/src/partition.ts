/** The partition of a show. All requests for one show go through one queue, in order. */
export function partitionOf(showId: number, partitions: number): number {
  return showId % partitions;
}

/** The most partitions: an id encodes the partition in 8 bits (booking-id.ts). */
export const partitionLimit = 256;

/** The partitions of a new installation, unless BOOKING_PARTITIONS says otherwise. */
export const defaultPartitions = 4;

/** The name of a partition's queue. The braces are a hash tag: on Redis Cluster its keys share a slot. */
export function queueName(partition: number): string {
  return `{booking-${partition}}`;
}

/** First key of the advisory lock that is a worker's lease on a partition; the second is the partition. */
export const leaseLockClass = 7_232;

/** First key of the transaction-level advisory locks that let a partition's turns run one at a time. */
export const turnLockClass = 7_233;
