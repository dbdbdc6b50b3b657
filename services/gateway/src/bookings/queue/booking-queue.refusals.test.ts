import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openImpatientRedis, openSubscriber, type RedisClient } from '@boxoffice/shared/service/redis';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { fixedPartitioning } from '../../../test/fixed-partitioning.ts';
import { BookingQueue } from './booking-queue.ts';
import type { CurrentPartitioning } from './current-partitioning.ts';
import { MemoryWatch } from './memory-watch.ts';

const logger = createLogger('gateway', { LOG_LEVEL: 'silent' });
const draft = { kind: 'book' as const, show_id: 2, user_id: 1, seats: ['A1'], request_id: 'test' };

let server: TestRedis;
let redis: RedisClient;
let subscriber: Redis;
beforeEach(async () => {
  server = await createTestRedis();
  redis = openImpatientRedis(server.url, logger);
  subscriber = openSubscriber(server.url, logger);
  await eventually(() => redis.status === 'ready');
});
afterEach(async () => {
  redis.disconnect();
  subscriber.disconnect();
  await server.drop();
});

function newQueue(
  limits: { limit: number; userLimit: number },
  partitioning: Pick<CurrentPartitioning, 'isPaused' | 'expect' | 'onChange'> = fixedPartitioning(2),
): BookingQueue {
  const owners = { markOwned: () => undefined, isOwned: () => true, onOwnerless: () => undefined, ownerOf: () => 1 };
  const outcomes = { findMany: async () => new Map() };
  const metrics = new Registry();
  return new BookingQueue({
    redis,
    subscriber,
    outcomes,
    owners,
    partitioning,
    ...limits,
    logger,
    metrics,
  });
}

test('counts a request that may have been accepted, and not one that was refused', async () => {
  const limited = newQueue({ limit: 100, userLimit: 1 });
  const submit = () => limited.submit(draft, { waitMs: 0 });
  const add = vi.spyOn(EnvelopeQueue.prototype, 'add').mockRejectedValue(new Error('Command timed out'));
  onTestFinished(() => add.mockRestore());
  await expect(submit()).rejects.toMatchObject({
    problem: { code: 'queue_unavailable', job_id: expect.any(String) },
  });
  await expect(submit()).rejects.toMatchObject({ problem: { code: 'too_many_requests' } });
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

test("refuses requests, and says so to the readiness probe, while Redis' memory is nearly full", async () => {
  const queue = newQueue({ limit: 100, userLimit: 1 });
  expect(await queue.check()).toBeNull();
  const isFull = vi.spyOn(MemoryWatch.prototype, 'isFull', 'get').mockReturnValue(true);
  onTestFinished(() => isFull.mockRestore());
  await expect(queue.submit(draft, { waitMs: 0 })).rejects.toMatchObject({ problem: { code: 'queue_full' } });
  expect(await queue.check()).toMatchObject({ warning: expect.stringContaining('memory') });
  isFull.mockReturnValue(false);
  expect(await queue.submit(draft, { waitMs: 0 })).toMatchObject({ status: 'queued' });
  await queue.close();
});

test('cannot tell the state of its partitions before their number is known', async () => {
  const unknown = { isPaused: true, expect: () => undefined, onChange: () => undefined };
  const queue = newQueue({ limit: 100, userLimit: 1 }, unknown);
  await expect(queue.snapshot()).rejects.toMatchObject({
    problem: { code: 'queue_unavailable' },
    cause: { message: 'the number of partitions is not known yet' },
  });
  await expect(queue.submit(draft, { waitMs: 0 })).rejects.toMatchObject({ problem: { code: 'queue_unavailable' } });
  await queue.close();
});
