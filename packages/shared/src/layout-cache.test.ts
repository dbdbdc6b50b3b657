import { expect, test } from 'vitest';
import type { Layout } from './layout.ts';
import { LayoutCache } from './layout-cache.ts';

const hall = (places: number): Layout => ({ rows: ['S'.repeat(places)], legend: { S: { category: 'standard' } } });

test('returns the very object that was added, so that its index is built once', () => {
  const cache = new LayoutCache();
  const layout = hall(10);
  cache.add(7, layout);
  expect(cache.get(7)).toBe(layout);
  expect(cache.get(8)).toBeNull();
});

test('loads a layout once, and keeps the first of two that were loaded at the same time', async () => {
  const cache = new LayoutCache();
  const [one, two] = await Promise.all([hall(10), hall(10)].map((layout) => cache.getOrLoad(7, async () => layout)));
  expect(two).toBe(one);
  expect(await cache.getOrLoad(7, () => Promise.reject(new Error('loaded again')))).toBe(one);
});

test('the least recently used layouts make room for others', () => {
  const cache = new LayoutCache();
  for (const id of [1, 2, 3]) cache.add(id, hall(100_000));
  cache.get(1);
  cache.add(4, hall(100_000));
  cache.add(4, hall(100_000));
  expect([1, 2, 3, 4].filter((id) => cache.get(id))).toEqual([1, 3, 4]);
});
