import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { exampleRules } from '@boxoffice/shared/contracts/show-rules';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BookableShow, ShowFactsCache } from './show-facts-cache.ts';

const factsOf = (id: number): BookableShow => ({
  id,
  movie_id: 1,
  screen_name: 'Screen 1',
  date_time: '2030-01-01T19:30:00.000Z',
  screen_id: null,
  layout_id: null,
  layout: null,
  total_seats: 20,
  seats_per_row: 10,
  status: 'scheduled',
  ...exampleRules,
});

describe('ShowFactsCache', () => {
  let cache: ShowFactsCache;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    vi.advanceTimersByTime(1); // lru-cache takes 0 for "never set"
    cache = new ShowFactsCache();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('loads once for concurrent requests', async () => {
    const { promise, resolve } = Promise.withResolvers<BookableShow>();
    const load = vi.fn(() => promise);
    const all = Promise.all(Array.from({ length: 50 }, () => cache.get(7, load)));
    resolve(factsOf(7));
    expect(await all).toEqual(Array(50).fill(factsOf(7)));
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('caches for 2 seconds, counted from the request', async () => {
    const load = vi.fn(async () => {
      vi.advanceTimersByTime(500);
      return factsOf(7);
    });
    await cache.get(7, load);
    vi.advanceTimersByTime(1_499);
    await cache.get(7, load);
    expect(load).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    await cache.get(7, load);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('caches that a show does not exist, but no other failure', async () => {
    const missing = vi.fn(() => Promise.reject(new ProblemError('show_not_found')));
    const away = vi.fn(() => Promise.reject(new ProblemError('catalog_unavailable')));
    for (let round = 0; round < 2; round++) {
      await expect(cache.get(1, missing)).rejects.toThrow('There is no such show');
      await expect(cache.get(2, away)).rejects.toThrow('The catalog is unavailable');
    }
    expect(missing).toHaveBeenCalledTimes(1);
    expect(away).toHaveBeenCalledTimes(2);
  });

  it('does not cache a result that was in flight when it was cleared', async () => {
    const { promise, resolve } = Promise.withResolvers<BookableShow>();
    const early = cache.get(7, () => promise);
    cache.clear();
    resolve(factsOf(7));
    await early;
    const load = vi.fn(async () => ({ ...factsOf(7), total_seats: 30 }));
    expect((await cache.get(7, load)).total_seats).toBe(30);
  });

  it('keeps a fresh result when an older request fails', async () => {
    const { promise, reject } = Promise.withResolvers<BookableShow>();
    const early = cache.get(7, () => promise);
    cache.clear();
    await cache.get(7, async () => factsOf(7));
    reject(new Error('too late'));
    await expect(early).rejects.toThrow('too late');
    const load = vi.fn(async () => factsOf(7));
    await cache.get(7, load);
    expect(load).not.toHaveBeenCalled();
  });

  it('holds 10,000 shows and evicts the least recently used one', async () => {
    for (let id = 1; id <= 10_000; id++) await cache.get(id, async () => factsOf(id));
    await cache.get(10_001, async () => factsOf(10_001));
    expect(cache.size).toBe(10_000);
    const load = vi.fn(async () => factsOf(1));
    await cache.get(2, load);
    expect(load).not.toHaveBeenCalled();
    await cache.get(1, load);
    expect(load).toHaveBeenCalledTimes(1);
  });
});
