/** Requests that must be on a replica before they are accepted, on a server that has none. */
import { newEnvelopeId, readBookingId, requestId } from '@boxoffice/shared/booking-id';
import type { Envelope } from '@boxoffice/shared/contracts/jobs';
import { queueName } from '@boxoffice/shared/partition';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openImpatientRedis, openSubscriber } from '@boxoffice/shared/service/redis';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { fixedPartitioning } from '../../../test/fixed-partitioning.ts';
import { BookingQueue } from './booking-queue.ts';

const logger = createLogger('gateway', { LOG_LEVEL: 'silent' });
const partitions = 2;

let server: TestRedis;
let redis: Redis;
let subscriber: Redis;
let queue: BookingQueue;
const open = (replicaAcks: number) =>
  new BookingQueue({
    ...{ redis, subscriber, logger },
    outcomes: { findMany: async () => new Map() },
    owners: { markOwned: () => undefined, isOwned: () => true, onOwnerless: () => undefined, ownerOf: () => 1 },
    partitioning: fixedPartitioning(partitions),
    ...{ limit: 100, userLimit: 100, replicaAcks },
    metrics: new Registry(),
  });
/** The connections that were opened besides the shared one. */
let opened: Redis[];
beforeEach(async () => {
  server = await createTestRedis();
  redis = openImpatientRedis(server.url, logger) as Redis;
  subscriber = openSubscriber(server.url, logger);
  await eventually(() => redis.status === 'ready');
  const duplicate = vi.spyOn(redis, 'duplicate');
  queue = open(1);
  opened = duplicate.mock.results.map(({ value }) => value as Redis);
});
afterEach(async () => {
  await queue.stopWaiting();
  await queue.close();
  redis.disconnect();
  subscriber.disconnect();
  await server.drop();
});

test('each partition has a connection of its own, and made-up ids open no others', async () => {
  expect(opened).toHaveLength(partitions);
  for (let partition = 0; partition < 256; partition++)
    expect(await queue.find(requestId(newEnvelopeId(partition), 2, 0))).toBeNull();
  expect(redis.duplicate).toHaveBeenCalledTimes(partitions);
});

test('look-ups do not wait for replicas', { retry: 2 }, async () => {
  await eventually(() => opened.every(({ status }) => status === 'ready'));
  const draft = { kind: 'book' as const, show_id: 2, user_id: 1, seats: ['A1'], request_id: 'test' };
  let isRefused = false;
  const submitted = queue.submit(draft, { waitMs: 0 }).catch((error) => {
    isRefused = true;
    return error;
  });
  const key = `bull:${queueName(0)}`;
  const envelopeId = await eventually(() => redis.lindex(`${key}:wait`, 0));
  const { requests } = JSON.parse((await redis.hget(`${key}:${envelopeId}`, 'data')) ?? '') as Envelope;
  expect(await queue.find(requests[0]?.id ?? '')).toMatchObject({ status: 'queued' });
  expect((await queue.snapshot())[0]).toMatchObject({ waiting_jobs: 1 });
  expect(isRefused).toBe(false);
  expect(await submitted).toMatchObject({ problem: { code: 'queue_unavailable', job_id: requests[0]?.id } });
});

test('confirms only what the queue still has, and replicas acknowledge', async () => {
  const id = requestId(newEnvelopeId(0), 2, 0);
  const confirm = vi.spyOn(EnvelopeQueue.prototype, 'confirm').mockResolvedValue(true);
  onTestFinished(() => confirm.mockRestore());
  const refusal = (job_id: string, message: string) => ({
    problem: { code: 'queue_unavailable', job_id },
    cause: { message },
  });
  const unknown = 'no id of a request';
  await queue.confirm(id);
  await expect(queue.confirm(unknown)).rejects.toMatchObject(refusal(unknown, 'the queue no longer has the request'));
  expect(confirm.mock.calls).toEqual([[readBookingId(id)?.envelopeId]]);
  confirm.mockResolvedValue(false);
  await expect(queue.confirm(id)).rejects.toMatchObject(refusal(id, 'the queue no longer has the request'));
  confirm.mockRejectedValue(new Error('no replica'));
  await expect(queue.confirm(id)).rejects.toMatchObject(refusal(id, 'no replica'));
});

test('has nothing to confirm where no replica is required', async () => {
  const other = open(0);
  await other.confirm(requestId(newEnvelopeId(0), 2, 0));
  await other.close();
});
