import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { spawnService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, expect, it } from 'vitest';

let database: TestDatabase;
let redis: TestRedis;
beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
});
afterAll(() => Promise.all([database.drop(), redis.drop()]));

it('keeps the number of partitions of the installation when a service is configured with another, and says so', async () => {
  const env = { DATABASE_URL: database.url, REDIS_URL: redis.url };
  const first = await spawnService('booking-worker', { ...env, BOOKING_PARTITIONS: '4' });
  expect((await first.stop()).code).toBe(0);
  for (const name of ['booking-worker', 'gateway'] as const) {
    const service = await spawnService(name, { ...env, BOOKING_PARTITIONS: '8' }, { waitReady: false });
    await service.waitForLog(/This installation has 4 booking partitions, so BOOKING_PARTITIONS=8 is ignored/);
    await service.waitForLog(/"partitions":4,.*"partitioning"/);
    await service.stop();
  }
});
