import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openImpatientRedis, openSubscriber, type RedisClient } from '@boxoffice/shared/service/redis';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fixedPartitioning } from '../../../test/fixed-partitioning.ts';
import { BookingQueue } from './booking-queue.ts';

const logger = createLogger('gateway', { LOG_LEVEL: 'silent' });
const draft = { kind: 'book' as const, show_id: 2, user_id: 1, seats: ['A1'], request_id: 'test' };

let server: TestRedis;
let redis: RedisClient;
let direct: Redis;
beforeEach(async () => {
  server = await createTestRedis();
  redis = openImpatientRedis(server.url, logger);
  direct = openSubscriber(server.url, logger);
  await eventually(() => redis.status === 'ready');
});
afterEach(async () => {
  redis.disconnect();
  direct.disconnect();
  await server.drop();
});

function newQueue(limits: { limit: number; userLimit: number }): BookingQueue {
  const owners = { markOwned: () => undefined, isOwned: () => true, onOwnerless: () => undefined, ownerOf: () => 1 };
  const outcomes = { findMany: async () => new Map() };
  const metrics = new Registry();
  return new BookingQueue({
    redis,
    subscriber: direct,
    outcomes,
    owners,
    partitioning: fixedPartitioning(2),
    ...limits,
    logger,
    metrics,
  });
}

test('counts a request that may have been accepted, and not one that was refused', async () => {
  const limited = newQueue({ limit: 100, userLimit: 1 });
  const submit = () => limited.submit(draft, { waitMs: 0 });
  await direct.client('PAUSE', 3_000, 'WRITE');
  await expect(submit()).rejects.toMatchObject({
    problem: { code: 'queue_unavailable', job_id: expect.any(String) },
  });
  await expect(submit()).rejects.toMatchObject({ problem: { code: 'too_many_requests' } });
  await direct.client('UNPAUSE');
  await limited.close();

  const other = newQueue({ limit: 0, userLimit: 1 });
  for (let attempt = 0; attempt < 2; attempt++)
    await expect(other.submit(draft, { waitMs: 0 })).rejects.toMatchObject({ problem: { code: 'queue_full' } });
  await other.close();
});

test('says nothing about what was accepted when Redis is unreachable for a look-up', async () => {
  const queue = newQueue({ limit: 100, userLimit: 1 });
  redis.disconnect();
  const key = { hash: 'h', fingerprint: 'f' };
  for (const lookUp of [queue.snapshot(), queue.findKeyOwner(2, 1, key), queue.find(requestId(newEnvelopeId(0), 2, 0))])
    await expect(lookUp).rejects.toMatchObject({
      problem: { code: 'queue_unavailable', detail: expect.not.stringContaining('accepted') },
      retryAfterSeconds: 1,
    });
  await queue.close();
});
