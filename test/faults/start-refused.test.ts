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

it('refuses to start with a number of partitions different from the installation, and says why', async () => {
  const env = { DATABASE_URL: database.url, REDIS_URL: redis.url };
  const first = await spawnService('booking-worker', { ...env, BOOKING_PARTITIONS: '4' });
  expect((await first.stop()).code).toBe(0);
  for (const name of ['booking-worker', 'gateway'] as const) {
    const service = await spawnService(name, { ...env, BOOKING_PARTITIONS: '8' }, { waitReady: false });
    expect(await service.exited).toEqual({ code: 78, signal: null });
    await service.waitForLog(/This installation has 4 booking partitions, but BOOKING_PARTITIONS is 8\. Set it to 4/);
  }
});
