import { fairShare } from './fair-share.ts';

/** What a worker knows when it decides which leases to release and which to take. */
export interface LeaseSituation {
  /** The total number of partitions. */
  partitions: number;
  /** The number of live workers, and this worker's rank among them, from 0. */
  workers: number;
  rank: number;
  /** The partitions that this worker holds. */
  held: ReadonlySet<number>;
  /** The partitions that any worker holds. */
  taken: ReadonlySet<number>;
  /** Partitions whose next envelope this worker does not understand. */
  refused: ReadonlySet<number>;
  /** Partitions that other workers refuse. A worker that understands the envelope takes them in addition to its share. */
  refusedByOthers: ReadonlySet<number>;
  /** Partitions that no longer exist but whose queues are not empty. Any worker takes them in addition to its share. */
  leftovers: ReadonlySet<number>;
}

/** The steps that bring a worker closer to its share. */
export interface Moves {
  release: number[];
  /** Partitions to acquire regardless of the share. */
  adopt: number[];
  /** Partitions of which up to `room` may be acquired: other workers may be faster. */
  free: number[];
  room: number;
}

/** All workers see the same situation and follow the same rule, so they agree without communicating. */
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
