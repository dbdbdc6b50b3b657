import { createLogger } from '@boxoffice/shared/service/logging';
import { openImpatientRedis, type RedisClient } from '@boxoffice/shared/service/redis';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { IdempotencyKeys, type KeyedRequest } from './idempotency-keys.ts';

const partition = 3;
const request = (
  id: string,
  { userId = 1, hash = 'h', fingerprint = 'f', replaces = undefined as string | undefined } = {},
): KeyedRequest => {
  return { id, userId, key: { hash, fingerprint }, replaces };
};

let server: TestRedis;
let redis: RedisClient;
let keys: IdempotencyKeys;
beforeAll(async () => {
  server = await createTestRedis();
  redis = openImpatientRedis(server.url, createLogger('gateway', { LOG_LEVEL: 'silent' }));
  await eventually(() => redis.status === 'ready');
  keys = new IdempotencyKeys(redis);
});
beforeEach(() => redis.flushdb());
afterAll(async () => {
  redis.disconnect();
  await server.drop();
});

/** Whose key it is, and what it was sent with. */
async function ownerOf(userId = 1, hash = 'h') {
  const owner = await keys.find(partition, userId, { hash });
  return owner && [owner.id, owner.fingerprint];
}

it('gives a key to the first request of its user', async () => {
  expect(await ownerOf()).toBeNull();
  const claims = [
    request('a'),
    request('b', { fingerprint: 'g' }),
    request('c', { userId: 2 }),
    request('d', { hash: 'i' }),
  ];
  const owners = await keys.claim(partition, claims);
  expect(owners).toEqual([null, { id: 'a', fingerprint: 'f', ageMs: expect.any(Number) }, null, null]);
  expect(await Promise.all([ownerOf(), ownerOf(2), ownerOf(1, 'i')])).toEqual([
    ['a', 'f'],
    ['c', 'f'],
    ['d', 'f'],
  ]);
});

it('remembers a key for 15 minutes, and knows for how long its owner has had it', async () => {
  await keys.claim(partition, [request('a')]);
  const [name = ''] = await redis.keys('*');
  const fifteenMinutes = 15 * 60 * 1_000;
  const leftMs = await redis.pttl(name);
  expect(leftMs).toBeGreaterThan(fifteenMinutes - 60_000);
  expect(leftMs).toBeLessThanOrEqual(fifteenMinutes);
  await redis.pexpire(name, fifteenMinutes - 300_000);
  const found = await keys.find(partition, 1, { hash: 'h' });
  const [claimed] = await keys.claim(partition, [request('b')]);
  for (const owner of [found, claimed]) {
    expect(owner?.ageMs).toBeGreaterThanOrEqual(300_000);
    expect(owner?.ageMs).toBeLessThan(360_000);
  }
});

it('releases a key only for the request that owns it', async () => {
  await keys.claim(partition, [request('a')]);
  await keys.release(partition, [request('b'), request('a', { fingerprint: 'g' }), request('a', { userId: 2 })]);
  expect(await ownerOf()).toEqual(['a', 'f']);
  await keys.release(partition, [request('a')]);
  expect(await ownerOf()).toBeNull();
});

it('lets one request take a key over from another that was never accepted', async () => {
  await keys.claim(partition, [request('lost')]);
  const claims = [request('b', { fingerprint: 'g', replaces: 'lost' }), request('c', { replaces: 'lost' })];
  const owners = await keys.claim(partition, claims);
  expect(owners).toEqual([null, { id: 'b', fingerprint: 'g', ageMs: expect.any(Number) }]);
  expect(owners[1]?.ageMs).toBeLessThan(60_000);
  expect(await ownerOf()).toEqual(['b', 'g']);
  expect(await redis.pttl((await redis.keys('*'))[0] ?? '')).toBeGreaterThan(14 * 60 * 1_000);
});

it('gives a key that has been forgotten to the request that wants to take it over', async () => {
  expect(await keys.claim(partition, [request('b', { replaces: 'lost' })])).toEqual([null]);
  expect(await ownerOf()).toEqual(['b', 'f']);
});
