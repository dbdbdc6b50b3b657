import type { Partitioning } from '@boxoffice/shared/partitioning';

/** A number of partitions that never changes. */
export const fixedPartitioning = (partitions: number) => ({
  isPaused: false,
  expect: (_least: number) => undefined,
  onChange: (listener: (partitioning: Partitioning) => void) => listener({ generation: 0, partitions }),
});
