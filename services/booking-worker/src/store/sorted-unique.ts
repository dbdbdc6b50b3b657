/** Each number once, in ascending order: turns that take their locks in the same order cannot deadlock. */
export function sortedUnique(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
