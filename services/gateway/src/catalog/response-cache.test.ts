import { createLogger } from '@boxoffice/shared/service/logging';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type CacheGroup, ResponseCache } from './response-cache.ts';

const mebibyte = 1024 * 1024;
const limitBytes = 64 * mebibyte;

let testRedis: TestRedis;
let redis: Redis;
let subscriber: Redis;
let cache: ResponseCache;
beforeAll(async () => {
  testRedis = await createTestRedis();
  redis = new Redis(testRedis.url);
  subscriber = new Redis(testRedis.url);
});
afterAll(async () => {
  redis.disconnect();
  subscriber.disconnect();
  await testRedis.drop();
});
beforeEach(async () => {
  cache = new ResponseCache({ redis, subscriber, logger: createLogger('gateway', { LOG_LEVEL: 'error' }) });
  await eventually(() => cache.begin('movies', '/warm-up') !== null);
});

const response = (bytes: number) => ({ headers: {}, body: Buffer.alloc(bytes) });
const keep = (group: CacheGroup, url: string, bytes: number) => cache.begin(group, url)?.resolve(response(bytes));
const has = (group: CacheGroup, url: string) => cache.find(group, url) !== null;
const urls = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const lengthOf = (texts: string[]) => texts.reduce((sum, text) => sum + text.length, 0);

test('query strings count towards the limit: the oldest responses make room', () => {
  const all = urls(6_000, `/api/movies/?search=${'x'.repeat(14_000)}`);
  for (const url of all) keep('movies', url, 60);
  const kept = all.filter((url) => has('movies', url));
  expect(lengthOf(kept)).toBeLessThanOrEqual(limitBytes);
  expect(lengthOf(kept)).toBeGreaterThan(0.9 * limitBytes);
  expect(kept).toEqual(all.slice(-kept.length));
});

test('bodies count towards the limit', () => {
  for (const url of urls(100, '/api/shows/')) keep(1, url, mebibyte);
  expect(urls(100, '/api/shows/').filter((url) => has(1, url))).toEqual(urls(100, '/api/shows/').slice(-63));
});

test('pending requests count towards the limit', () => {
  const all = urls(6_000, `/api/movies/?search=${'x'.repeat(14_000)}`);
  for (const url of all) cache.begin('movies', url);
  expect(lengthOf(all.filter((url) => has('movies', url)))).toBeLessThanOrEqual(limitBytes);
});

test('invalidating a show frees the space of its responses', () => {
  for (let round = 0; round < 10; round++) {
    for (const url of urls(40, '/api/shows/1/?')) keep(1, url, mebibyte);
    cache.invalidateShow(1);
  }
  for (const url of urls(40, '/api/shows/2/?')) keep(2, url, mebibyte);
  expect(urls(40, '/api/shows/2/?').every((url) => has(2, url))).toBe(true);
  expect(urls(40, '/api/shows/1/?').some((url) => has(1, url))).toBe(false);
});

test('a change of a show invalidates its responses and every list of shows, and nothing else', () => {
  for (const group of [1, 2, 'shows', 'movies'] as const) keep(group, '/', 1);
  cache.invalidateShow(1);
  expect(([1, 2, 'shows', 'movies'] as const).map((group) => has(group, '/'))).toEqual([false, true, false, true]);
});

test('an invalidated pending response reaches the requests already waiting, but no later ones', async () => {
  const pending = cache.begin(1, '/');
  const waiting = cache.find(1, '/');
  cache.invalidateShow(1);
  expect(has(1, '/')).toBe(false);
  const next = cache.begin(1, '/');
  pending?.resolve(response(1));
  expect((await waiting)?.body).toHaveLength(1);
  const waitingForNext = cache.find(1, '/');
  next?.resolve(response(2));
  expect((await waitingForNext)?.body).toHaveLength(2);
  expect((await cache.find(1, '/'))?.body).toHaveLength(2);
});

test('a failure reaches the requests waiting for it and is not cached', async () => {
  const pending = cache.begin(1, '/');
  const waiting = cache.find(1, '/');
  pending?.reject(new Error('away'));
  await expect(waiting).rejects.toThrow('away');
  expect(has(1, '/')).toBe(false);
});
