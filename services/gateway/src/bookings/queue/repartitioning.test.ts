import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { Partitioning } from '@boxoffice/shared/partitioning';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openImpatientRedis, openSubscriber, type RedisClient } from '@boxoffice/shared/service/redis';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { BookingQueue } from './booking-queue.ts';
import type { Draft } from './submission.ts';

const logger = createLogger('gateway', { LOG_LEVEL: 'silent' });
const key = { hash: 'h', fingerprint: 'f' };
const draft: Draft = { kind: 'book', show_id: 6, user_id: 1, seats: ['A1'], request_id: 'test', key };

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

/** A partitioning that tests can change. */
class GivenPartitioning {
  isPaused = false;
  expected = 0;
  readonly #listeners: ((partitioning: Partitioning) => void)[] = [];

  onChange(listener: (partitioning: Partitioning) => void): void {
    this.#listeners.push(listener);
    listener({ generation: 0, partitions: 4 });
  }

  expect(least: number): void {
    this.expected = least;
    this.isPaused = true;
  }

  becomes(partitioning: Partitioning): void {
    this.isPaused = false;
    for (const listener of this.#listeners) listener(partitioning);
  }
}

function openQueue(
  partitioning: GivenPartitioning,
  { replicaAcks = 0, userLimit = 100, metrics = new Registry() } = {},
): BookingQueue {
  const owners = { markOwned: () => undefined, isOwned: () => true, onOwnerless: () => undefined, ownerOf: () => 1 };
  const outcomes = { findMany: async () => new Map() };
  const limits = { limit: 100, userLimit };
  const options = { redis, subscriber, outcomes, owners, partitioning, replicaAcks, ...limits, logger, metrics };
  const queue = new BookingQueue(options);
  onTestFinished(async () => {
    await queue.stopWaiting();
    await queue.close();
  });
  return queue;
}

it('refuses requests while the number of partitions is being changed, then sends them to their new partition', async () => {
  const partitioning = new GivenPartitioning();
  const queue = openQueue(partitioning);
  const before = new EnvelopeQueue(2, redis);
  const after = new EnvelopeQueue(6, redis);
  await before.acceptFrom(1);
  const refusal = { problem: { code: 'queue_unavailable', status: 503 }, retryAfterSeconds: 1 };
  const refused = await queue.submit(draft, { waitMs: 0 }).catch((error: unknown) => error);
  expect(refused).toMatchObject(refusal);
  expect(refused).not.toHaveProperty('problem.job_id');
  expect(partitioning.expected).toBe(1);
  await expect(queue.submit(draft, { waitMs: 0 })).rejects.toMatchObject(refusal);

  partitioning.becomes({ generation: 1, partitions: 8 });
  // The key is free, because its request was not accepted.
  const submitted = await queue.submit(draft, { waitMs: 0 });
  expect(submitted).toMatchObject({ status: 'queued', position: 1 });
  expect([await before.countUnfinished(), await after.countUnfinished()]).toEqual([0, 1]);
  await Promise.all([before.close(), after.close()]);
});

it('finds a request in a partition that it does not send to yet', async () => {
  const queue = openQueue(new GivenPartitioning());
  const envelopeId = newEnvelopeId(11);
  const id = requestId(envelopeId, 11, 0);
  const other = new EnvelopeQueue(11, redis);
  await other.add(envelopeId, { requests: [{ ...draft, id } as never], reply_to: 'nobody' }, 1);
  expect(await queue.find(id)).toMatchObject({ status: 'queued', position: 1 });
  await other.close();
});

it("counts a user's undecided requests in former partitions until they are decided or lost", async () => {
  const partitioning = new GivenPartitioning();
  const queue = openQueue(partitioning, { userLimit: 2 });
  const { key: _, ...withoutKey } = draft;
  const submit = () => queue.submit(withoutKey, { waitMs: 0 });
  partitioning.becomes({ generation: 1, partitions: 8 });
  await Promise.all([submit(), submit()]);
  partitioning.becomes({ generation: 2, partitions: 4 });
  const refusal = { problem: { code: 'too_many_requests' } };
  const lookups = vi.spyOn(redis, 'hmget');
  await expect(submit()).rejects.toMatchObject(refusal);
  await eventually(() => lookups.mock.calls.length >= 2);
  await expect(submit()).rejects.toMatchObject(refusal);
  await redis.flushdb();
  await eventually(() => submit().catch(() => null));
});

it('counts what is left in a partition that no longer exists', async () => {
  const metrics = new Registry();
  const queue = openQueue(new GivenPartitioning(), { metrics });
  const envelopeId = newEnvelopeId(11);
  const id = requestId(envelopeId, 11, 0);
  const leftover = new EnvelopeQueue(11, redis);
  await leftover.add(envelopeId, { requests: [{ ...draft, id } as never], reply_to: 'nobody' });
  expect((await queue.snapshot()).map(({ partition, waiting_jobs }) => [partition, waiting_jobs])).toEqual([
    ...[0, 1, 2, 3].map((partition) => [partition, 0]),
    [11, 1],
  ]);
  expect(await metrics.metrics()).toContain('booking_queue_jobs{partition="11"} 1');
  await leftover.close();
});

it('waits for the connections of new partitions, which have their own when replicas must acknowledge', async () => {
  const partitioning = new GivenPartitioning();
  const queue = openQueue(partitioning, { replicaAcks: 1 });
  const after = new EnvelopeQueue(6, redis);
  partitioning.becomes({ generation: 1, partitions: 8 });
  // There is no replica, so the request is not confirmed, but it has been sent.
  const id = await queue.submit(draft, { waitMs: 0 }).catch(({ problem }) => problem.job_id);
  expect(await after.countUnfinished()).toBe(1);
  expect(await queue.find(id)).toMatchObject({ status: 'queued' });
  await after.close();
});

it('keeps no connections to former partitions, however often the number changes', async () => {
  const clients = async () => {
    const list = (await redis.client('LIST')) as string;
    return list.split('\n').filter((line) => line.includes(` db=${(redis as Redis).options.db} `)).length;
  };
  const partitioning = new GivenPartitioning();
  openQueue(partitioning, { replicaAcks: 1 });
  const others = 2; // the queue's shared connection and its subscriber
  for (let generation = 1; generation <= 20; generation++) {
    const partitions = generation % 2 === 0 ? 4 : 8;
    partitioning.becomes({ generation, partitions });
    await eventually(async () => expect(await clients()).toBe(others + partitions));
  }
});

it('moves pending requests to their new partitions when the number changes', async () => {
  const partitioning = new GivenPartitioning();
  const queue = openQueue(partitioning);
  const submitted = queue.submit(draft, { waitMs: 0 });
  partitioning.becomes({ generation: 1, partitions: 8 });
  expect(await submitted).toMatchObject({ status: 'queued' });
  const after = new EnvelopeQueue(6, redis);
  expect(await after.countUnfinished()).toBe(1);
  await after.close();
});

it("tells the operators' board when its queues have changed", async () => {
  const partitioning = new GivenPartitioning();
  const queue = openQueue(partitioning);
  const names: string[][] = [];
  queue.onArranged(() => names.push(queue.queues.map(({ name }) => name)));
  partitioning.becomes({ generation: 1, partitions: 2 });
  const all = ['{booking-0}', '{booking-1}', '{booking-2}', '{booking-3}'];
  expect(names).toEqual([all, all.slice(0, 2)]);
});
