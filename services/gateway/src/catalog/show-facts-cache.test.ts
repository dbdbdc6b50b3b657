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
  /** The shows that exist, and the ids of each call. */
  let shows: Map<number, BookableShow>;
  const load = vi.fn(async (ids: readonly number[]) => new Map([...shows].filter(([id]) => ids.includes(id))));
  let cache: ShowFactsCache;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    vi.advanceTimersByTime(1); // lru-cache takes 0 for "never set"
    load.mockClear();
    shows = new Map([7, 8].map((id) => [id, factsOf(id)]));
    cache = new ShowFactsCache(load);
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const asked = () => load.mock.calls.map(([ids]) => ids);
  const get = (id: number) => cache.get(id, 'r');
  const replaceShow = (id: number) => shows.set(id, { ...factsOf(id), total_seats: 30 });

  it('loads once for concurrent requests', async () => {
    expect(await Promise.all(Array.from({ length: 50 }, () => get(7)))).toEqual(Array(50).fill(factsOf(7)));
    expect(asked()).toEqual([[7]]);
  });

  it('caches for 2 seconds, counted from the request', async () => {
    load.mockImplementationOnce(async () => {
      vi.advanceTimersByTime(500);
      return shows;
    });
    await get(7);
    vi.advanceTimersByTime(1_499);
    load.mockRejectedValueOnce(new ProblemError('catalog_unavailable')); // the refresh
    await get(7);
    vi.advanceTimersByTime(1);
    replaceShow(7);
    expect((await get(7)).total_seats).toBe(30);
    expect(asked()).toEqual([[7], [7], [7]]);
  });

  it('refreshes all shows in use after a second, with one call that nobody waits for', async () => {
    await Promise.all([get(7), get(8)]);
    vi.advanceTimersByTime(1_000);
    replaceShow(8);
    const { promise, resolve } = Promise.withResolvers<Map<number, BookableShow>>();
    load.mockReturnValueOnce(promise);
    expect((await get(8)).total_seats).toBe(20);
    expect(asked()).toEqual([[7], [8], [7, 8]]);
    resolve(shows);
    await vi.waitFor(async () => expect((await get(8)).total_seats).toBe(30));
    vi.advanceTimersByTime(1_000);
    await get(8);
    expect(asked().at(-1)).toEqual([8]); // show 7 is not in use any more
    expect(asked()).toHaveLength(4);
  });

  it('refreshes at most 100 shows with one call', async () => {
    shows = new Map(Array.from({ length: 250 }, (_, index) => [index + 1, factsOf(index + 1)]));
    for (const id of shows.keys()) await get(id);
    load.mockClear();
    vi.advanceTimersByTime(1_000);
    await get(1);
    await vi.waitFor(() => expect(asked().map((ids) => ids.length)).toEqual([100, 100, 50]));
  });

  it('caches that a show does not exist, but no other failure', async () => {
    for (let round = 0; round < 2; round++) {
      await expect(get(1)).rejects.toThrow('There is no such show');
      load.mockRejectedValueOnce(new ProblemError('catalog_unavailable'));
      await expect(get(7)).rejects.toThrow('The catalog is unavailable');
    }
    expect(asked()).toEqual([[1], [7], [7]]);
  });

  it('does not cache a result that was in flight when it was cleared', async () => {
    const { promise, resolve } = Promise.withResolvers<Map<number, BookableShow>>();
    load.mockReturnValueOnce(promise);
    const early = get(7);
    cache.clear();
    resolve(shows);
    await early;
    replaceShow(7);
    expect((await get(7)).total_seats).toBe(30);
  });

  it('keeps a fresh result when an older request fails', async () => {
    const { promise, reject } = Promise.withResolvers<Map<number, BookableShow>>();
    load.mockReturnValueOnce(promise);
    const early = get(7);
    cache.clear();
    await get(7);
    reject(new Error('too late'));
    await expect(early).rejects.toThrow('too late');
    await get(7);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('holds 10,000 shows and evicts the least recently used one', async () => {
    shows = new Map(Array.from({ length: 10_001 }, (_, index) => [index + 1, factsOf(index + 1)]));
    for (const id of shows.keys()) await get(id);
    expect(cache.size).toBe(10_000);
    load.mockClear();
    await get(2);
    expect(load).not.toHaveBeenCalled();
    await get(1);
    expect(load).toHaveBeenCalledTimes(1);
  });
});
