import { fairShare } from './fair-share.ts';

/** What a worker knows when it decides which leases to release and which to take. */
export interface LeaseSituation {
  /** The number of all partitions. */
  partitions: number;
  /** The workers present, and this one's place among them. */
  workers: number;
  rank: number;
  /** The partitions that this worker holds. */
  held: ReadonlySet<number>;
  /** The partitions that any worker holds. */
  taken: ReadonlySet<number>;
  /** Partitions whose next request this worker does not know how to decide. */
  refused: ReadonlySet<number>;
  /** The same of the other workers: such a partition is taken by whoever can serve it, beyond its share. */
  refusedByOthers: ReadonlySet<number>;
  /** Partitions that no longer exist, but whose queues are not empty: whoever can serves them, beyond its share. */
  leftovers: ReadonlySet<number>;
}

/** What brings a worker closer to its share. */
export interface Moves {
  release: number[];
  /** Take these, whatever the share. */
  adopt: number[];
  /** Take up to `room` of these: others may be faster. */
  free: number[];
  room: number;
}

/** Every worker sees the same and follows the same rule, so they agree without communicating. */
export function balance(situation: LeaseSituation): Moves {
  const { partitions, workers, rank, held, taken, refused, refusedByOthers, leftovers } = situation;
  const share = fairShare(partitions, workers, rank);
  const existing = Array.from({ length: partitions }, (_, partition) => partition);
  const served = new Set([...existing, ...leftovers]);
  const isBeyondShare = (partition: number) => partition >= partitions || refusedByOthers.has(partition);
  const kept = [...held].filter((partition) => served.has(partition) && !refused.has(partition));
  const counted = kept.filter((partition) => !isBeyondShare(partition));
  const untaken = [...served].filter((partition) => !taken.has(partition) && !refused.has(partition));
  return {
    release: [...[...held].filter((partition) => !kept.includes(partition)), ...counted.slice(share)],
    adopt: untaken.filter(isBeyondShare),
    free: untaken.filter((partition) => !isBeyondShare(partition)),
    room: Math.max(share - counted.length, 0),
  };
}
