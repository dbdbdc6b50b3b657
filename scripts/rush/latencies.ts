import { percentile } from '@boxoffice/shared/percentile';

/** Percentiles by nearest rank, in milliseconds. */
export interface LatenciesMs {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** The percentiles of these times, or null when there are none. */
export function latenciesMs(times: readonly number[]): LatenciesMs | null {
  if (times.length === 0) return null;
  const sorted = times.toSorted((a, b) => a - b);
  const at = (percent: number) => percentile(sorted, percent);
  return { p50: at(50), p95: at(95), p99: at(99), max: at(100) };
}
