import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AllQueues } from './all-queues.ts';

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await createTestRedis();
  redis = new Redis(server.url);
  await redis.ping();
});
afterAll(async () => {
  redis.disconnect();
  await server.drop();
});

it('asks queues again after this process was frozen while it waited for their responses', async () => {
  const queues = new AllQueues(redis);
  const asking = queues.greatestLeast(4).catch(() => 'too late');
  setImmediate(() => {
    const until = performance.now() + 1_200;
    while (performance.now() < until);
  });
  await asking;
  await new Promise(setImmediate); // when the deadline has its effect
  await eventually(async () => (await queues.acceptFrom(0)).length === 0);
  expect(await queues.areEmpty()).toBe(true);
});
