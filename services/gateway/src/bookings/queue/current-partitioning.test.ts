/** How a gateway learns the number of partitions, whatever PostgreSQL and Redis lose of a change. */
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import type { Partitioning } from '@boxoffice/shared/partitioning';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openImpatientRedis, type RedisClient } from '@boxoffice/shared/service/redis';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { TcpProxy } from '@boxoffice/testing/tcp-proxy';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CurrentPartitioning } from './current-partitioning.ts';

const logger = createLogger('gateway', { LOG_LEVEL: 'silent' });

let database: TestDatabase;
let server: TestRedis;
/** Where the gateway's connections to PostgreSQL and to Redis lead through. */
let proxies: { database: TcpProxy; redis: TcpProxy };
let orm: MikroORM;
let admin: MikroORM;
let redis: RedisClient;
let partitioning: CurrentPartitioning;
let changes: Partitioning[];
beforeEach(async () => {
  [database, server] = await Promise.all([createTestDatabase(), createTestRedis()]);
  proxies = { database: await TcpProxy.start(database.url), redis: await TcpProxy.start(server.url) };
  const { host } = new URL(proxies.database.url);
  const url = Object.assign(new URL(database.url), { host }).href;
  orm = await openDatabase({ url, role: 'boxoffice_gateway', poolSize: 2, statementTimeoutMs: 1_000 });
  admin = await openDatabase({ url: database.url, poolSize: 1 });
});
afterEach(async () => {
  partitioning.close();
  redis.disconnect();
  for (const proxy of Object.values(proxies)) proxy.close();
  await Promise.all([orm.close(), admin.close()]);
  await Promise.all([database.drop(), server.drop()]);
});

async function start(): Promise<void> {
  redis = openImpatientRedis(proxies.redis.url, logger);
  partitioning = new CurrentPartitioning({ orm, redis, config: { BOOKING_PARTITIONS: 8 }, logger });
  changes = [];
  partitioning.onChange((change) => changes.push(change));
  await partitioning.start();
}

const add = (generation: number, partitions: number) =>
  admin.em
    .getConnection()
    .execute('insert into installation.partitionings (generation, partitions) values (?, ?)', [generation, partitions]);
const loseFrom = (generation: number) =>
  admin.em.getConnection().execute('delete from installation.partitionings where generation >= ?', [generation]);

it('reads it from PostgreSQL, or from Redis before there is a row, and never goes back to an earlier one', async () => {
  proxies.redis.acceptsInSilence = true;
  await start();
  expect([partitioning.isPaused, partitioning.current]).toEqual([true, null]);
  await expect(partitioning.check()).rejects.toThrow(/not known yet/);
  proxies.redis.acceptsInSilence = false;
  await eventually(() => !partitioning.isPaused);
  expect(partitioning.current).toEqual({ generation: 0, partitions: 8 });

  partitioning.expect(1);
  expect(await partitioning.check()).toEqual({ warning: 'the number of partitions is being changed' });
  await add(1, 16);
  await eventually(() => !partitioning.isPaused);
  expect(await partitioning.check()).toBeNull();
  await loseFrom(0);
  await add(0, 4);
  partitioning.expect(2);
  await add(2, 3);
  await eventually(() => !partitioning.isPaused);
  expect(changes).toEqual([
    { generation: 0, partitions: 8 },
    { generation: 1, partitions: 16 },
    { generation: 2, partitions: 3 },
  ]);

  // A failover has lost the newest row, and another was added in its place.
  await admin.em.getConnection().execute('update installation.partitionings set partitions = 5 where generation = 2');
  await eventually(() => partitioning.current?.partitions === 5);
  // That one has been lost, too: no requests are accepted until there is a later one.
  await loseFrom(2);
  await eventually(() => partitioning.isPaused);
  await add(3, 5);
  await eventually(() => !partitioning.isPaused);
  expect(changes.slice(3)).toEqual([
    { generation: 2, partitions: 5 },
    { generation: 3, partitions: 5 },
  ]);
});

it('goes back to an earlier one after 5 s, when PostgreSQL and Redis have both lost the change', async () => {
  await add(0, 4);
  await start();
  partitioning.expect(1);
  await add(1, 16);
  await eventually(() => !partitioning.isPaused);
  await loseFrom(1);
  await eventually(() => partitioning.isPaused);
  const pausedAt = performance.now();
  await eventually(() => !partitioning.isPaused, { timeoutMs: 20_000 });
  expect(performance.now() - pausedAt).toBeGreaterThan(2_500); // later than workers add another row
  expect(changes.at(-1)).toEqual({ generation: 0, partitions: 4 });
});

it('stops waiting after 5 s for a change that was never made, when Redis no longer expects it', async () => {
  await add(0, 4);
  await start();
  partitioning.expect(1); // its command has died, and a failover of Redis has lost the fence
  expect(partitioning.isPaused).toBe(true);
  await eventually(() => !partitioning.isPaused, { timeoutMs: 20_000 });
  // As long as a queue refuses the current one, requests are refused in turn.
  partitioning.expect(1);
  expect(partitioning.isPaused).toBe(true);
  expect(changes).toEqual([{ generation: 0, partitions: 4 }]);
});

it('learns it once PostgreSQL responds again, at the start and later', async () => {
  await add(0, 4);
  proxies.database.acceptsInSilence = true;
  await start();
  expect(partitioning.isPaused).toBe(true);
  proxies.database.acceptsInSilence = false;
  await eventually(() => !partitioning.isPaused);
  proxies.database.silence();
  await add(1, 16);
  await eventually(() => partitioning.current?.partitions === 16);
});
