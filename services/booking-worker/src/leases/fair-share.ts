/** How many of the partitions the worker of this rank (from 0) serves, so that all shares differ by at most one. */
export function fairShare(partitions: number, workers: number, rank: number): number {
  return Math.floor(partitions / workers) + (rank < partitions % workers ? 1 : 0);
}
