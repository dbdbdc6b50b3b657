import { expect, test } from 'vitest';
import { percentile } from './percentile.ts';

test.each([
  [[7], 1, 7],
  [[7], 100, 7],
  [[1, 2, 3, 4], 50, 2],
  [[1, 2, 3, 4], 51, 3],
  [[1, 2, 3, 4], 100, 4],
  [Array.from({ length: 100 }, (_, index) => index + 1), 95, 95],
  [Array.from({ length: 1_000 }, (_, index) => index + 1), 99.9, 999],
])('of %j, %d percent', (sorted, percent, expected) => {
  expect(percentile(sorted, percent)).toBe(expected);
});

test('of no values is NaN', () => {
  expect(percentile([], 50)).toBeNaN();
});
