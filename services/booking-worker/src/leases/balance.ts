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
  const { partitions, workers, rank, held, taken, refused, refusedByOthers } = situation;
  const share = fairShare(partitions, workers, rank);
  const mustGo = [...held].filter((partition) => partition >= partitions || refused.has(partition));
  const counted = [...held].filter((partition) => !mustGo.includes(partition) && !refusedByOthers.has(partition));
  const untaken = Array.from({ length: partitions }, (_, partition) => partition).filter(
    (partition) => !taken.has(partition) && !refused.has(partition),
  );
  return {
    release: [...mustGo, ...counted.slice(share)],
    adopt: untaken.filter((partition) => refusedByOthers.has(partition)),
    free: untaken.filter((partition) => !refusedByOthers.has(partition)),
    room: Math.max(share - counted.length, 0),
  };
}
