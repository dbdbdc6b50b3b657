/** Percentiles by nearest rank, in milliseconds. */
export interface LatenciesMs {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** The percentiles of these times, or null when there are none. */
export function latenciesMs(times: readonly number[]): LatenciesMs | null {
  const sorted = times.toSorted((a, b) => a - b);
  const rank = (percent: number) => sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
  return sorted.length === 0 ? null : { p50: rank(50), p95: rank(95), p99: rank(99), max: rank(100) };
}
