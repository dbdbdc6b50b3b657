import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { ownRedis } from '@boxoffice/testing/own-servers';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { turnLockClass } from './partition.ts';
import {
  advancePartitioning,
  ensurePartitioning,
  firstPartitions,
  ignoredPartitionsMessage,
  readPartitioning,
} from './partitioning.ts';

describe('firstPartitions', () => {
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await createTestRedis();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.drop();
  });

  it('is the number that the first caller asks for, whatever later callers ask for', async () => {
    expect(await firstPartitions(redis, 8)).toBe(8);
    expect(await firstPartitions(redis, 4)).toBe(8);
    expect(await redis.get('boxoffice:partitions')).toBe('8');
  });

  it('is known even while Redis refuses writes because its memory is full', async () => {
    const own = await ownRedis();
    const full = new Redis(own.url);
    await firstPartitions(full, 8);
    await full.config('SET', 'maxmemory', 1);
    await expect(full.set('anything', 1)).rejects.toThrow(/OOM/);
    expect(await firstPartitions(full, 4)).toBe(8);
    full.disconnect();
    await own.drop();
  });
});

describe('the partitioning', () => {
  let database: TestDatabase;
  const clients: pg.Client[] = [];
  const connect = async () => {
    const client = new pg.Client({ connectionString: database.url, options: '-c lock_timeout=100' });
    await client.connect();
    clients.push(client);
    return client;
  };
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end()));
    await database.drop();
  });

  it('is recorded once, by whichever worker is first', async () => {
    const [one, other] = [await connect(), await connect()];
    expect(await readPartitioning(one)).toBeNull();
    const found = await Promise.all([ensurePartitioning(one, 4), ensurePartitioning(other, 8)]);
    expect(found[0]).toEqual(found[1]);
    expect(await ensurePartitioning(one, 16)).toEqual(found[0]);
  });

  it('has one successor, however many are proposed at the same time', async () => {
    const [one, other] = [await connect(), await connect()];
    const before = await ensurePartitioning(one, 4);
    const won = await Promise.all([
      advancePartitioning(one, before, { generation: 1, partitions: 16 }),
      advancePartitioning(other, before, { generation: 1, partitions: 4 }),
    ]);
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await readPartitioning(one)).toEqual({ generation: 1, partitions: won[0] ? 16 : 4 });
    expect(await advancePartitioning(one, before, { generation: 2, partitions: 8 })).toBe(false);
  });

  it('does not change while a turn is in progress; opening the queues again waits for no turn', async () => {
    const [one, turn] = [await connect(), await connect()];
    const before = await ensurePartitioning(one, 4);
    await turn.query('begin; select pg_advisory_xact_lock($1, 3)'.replace('$1', String(turnLockClass)));
    const change = advancePartitioning(one, before, { generation: 1, partitions: 16 });
    await expect(change).rejects.toThrow(/lock timeout/);
    expect(await advancePartitioning(one, before, { generation: 1, partitions: 4 })).toBe(true);
    await turn.query('commit');
    expect(await readPartitioning(one)).toEqual({ generation: 1, partitions: 4 });
  });
});

it('says that BOOKING_PARTITIONS is ignored, and how to change the number, only when it differs', () => {
  expect([ignoredPartitionsMessage(undefined, 4), ignoredPartitionsMessage(4, 4)]).toEqual([null, null]);
  expect(ignoredPartitionsMessage(16, 4)).toMatch(
    /has 4 booking partitions, so BOOKING_PARTITIONS=16 is ignored.*pnpm repartition 16/,
  );
});
