/**
 * The nearest-rank percentile: the smallest value that at least `percent` of all values do not exceed.
 *
 * @param sorted in ascending order
 * @param percent above 0, at most 100
 * @returns NaN when there are no values
 */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
}
