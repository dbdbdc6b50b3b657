import type { QueuesView } from '@boxoffice/shared/contracts/dashboard';
import { percentile } from '@boxoffice/shared/percentile';

type Partition = QueuesView['partitions'][number];

/** @param snapshots each partition with the decision times of its last jobs, in milliseconds */
export function viewQueues(snapshots: (Partition & { decisionMs: number[] })[]): QueuesView {
  const decisionMs = snapshots.flatMap((snapshot) => snapshot.decisionMs).sort((a, b) => a - b);
  const partitions = snapshots.map(({ decisionMs: _, ...partition }) => partition);
  return {
    waiting_jobs: partitions.reduce((sum, { waiting_jobs }) => sum + waiting_jobs, 0),
    oldest_seconds: Math.max(...partitions.map(({ oldest_seconds }) => oldest_seconds)),
    decision_seconds: decisionMs.length === 0 ? null : distribution(decisionMs),
    partitions,
  };
}

function distribution(sortedMs: number[]): QueuesView['decision_seconds'] {
  const seconds = (percent: number) => percentile(sortedMs, percent) / 1_000;
  return { jobs: sortedMs.length, median: seconds(50), p95: seconds(95), slowest: seconds(100) };
}
