/** What outcomes set in motion when they arrive: these tests publish them in the worker's place. */
import { newEnvelopeId, partitionIn, readBookingId, requestId } from '@boxoffice/shared/booking-id';
import type { Envelope, Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import { queueName } from '@boxoffice/shared/partition';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openImpatientRedis, openSubscriber } from '@boxoffice/shared/service/redis';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fixedPartitioning } from '../../../test/fixed-partitioning.ts';
import type { StoredOutcome } from '../stored-outcomes.ts';
import { BookingQueue } from './booking-queue.ts';
import type { Draft } from './submission.ts';

const logger = createLogger('gateway', { LOG_LEVEL: 'silent' });
/** Shows 2 and 3 are in different partitions, each with an owner of its own. */
const partitions = 2;
const owners = {
  markOwned: vi.fn<(partition: number) => void>(),
  isOwned: () => true,
  onOwnerless: () => undefined,
  ownerOf: (partition: number) => partition,
};

let server: TestRedis;
let redis: Redis;
let subscriber: Redis;
let queue: BookingQueue;
/** The outcomes that can be looked up. */
let recorded: Map<string, StoredOutcome>;
beforeEach(async () => {
  server = await createTestRedis();
  redis = openImpatientRedis(server.url, logger) as Redis;
  subscriber = openSubscriber(server.url, logger);
  recorded = new Map();
  const outcomes = {
    findMany: async (ids: readonly string[]) => new Map([...recorded].filter(([id]) => ids.includes(id))),
  };
  queue = new BookingQueue({
    ...{ redis, subscriber, outcomes, owners, logger },
    ...{ limit: 100, userLimit: 3, metrics: new Registry() },
    partitioning: fixedPartitioning(partitions),
  });
  await eventually(() => redis.status === 'ready' && subscriber.status === 'ready');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await queue.stopWaiting();
  await queue.close();
  redis.disconnect();
  subscriber.disconnect();
  await server.drop();
});

async function submit(options: { show?: number; waitMs?: number; key?: string } = {}) {
  const { show = 2, waitMs = 0, key } = options;
  const draft: Draft = { kind: 'book', show_id: show, user_id: 1, seats: ['A1'], request_id: 'test' };
  return queue.submit({ ...draft, ...(key && { key: { hash: key, fingerprint: 'f' } }) }, { waitMs });
}

async function queued(options?: Parameters<typeof submit>[0]) {
  const submitted = await submit(options);
  if (submitted.status !== 'queued') throw new Error(`expected a queued request, not a ${submitted.status}`);
  return submitted;
}

const rejection = (id: string): Outcome => ({ id, status: 'rejected', problem: problem('seat_taken') });

/** The channel on which the outcome of this queued request is expected. */
async function channelOf(id: string): Promise<string> {
  const job = `bull:${queueName(partitionIn(id))}:${readBookingId(id)?.envelopeId}`;
  const { reply_to } = JSON.parse((await redis.hget(job, 'data')) ?? '') as Envelope;
  return eventually(async () => (await redis.pubsub('NUMSUB', reply_to))[1] === 1 && reply_to);
}

/** Publishes that this queued request was rejected. */
async function publishRejection(id: string): Promise<void> {
  await redis.publish(await channelOf(id), JSON.stringify([rejection(id)]));
}

const jobsOf = (show: number) => redis.llen(`bull:${queueName(show % partitions)}:wait`);

it('passes an outcome on to those who watch its request', async () => {
  const { id } = await queued();
  const watcher = { update: vi.fn(), fail: vi.fn() };
  const leave = queue.watch(id, watcher);
  await publishRejection(id);
  const outcome = expect.objectContaining({ id, status: 'rejected' });
  await eventually(() => expect(watcher.update).toHaveBeenCalledWith({ status: 'decided', position: 0, outcome }));
  leave();
});

it('takes an outcome as a sign that its partition has an owner', async () => {
  const { id } = await queued({ show: 3 });
  owners.markOwned.mockClear();
  await publishRejection(id);
  await eventually(() => expect(owners.markOwned.mock.calls).toEqual([[1]]));
});

it("counts a user's requests until their outcomes arrive, and does not count repeats", async () => {
  const { id } = await queued();
  await queued({ key: 'k' });
  for (let one = 0; one < 3; one++) expect(await submit({ key: 'k' })).toMatchObject({ status: 'repeat' });
  await queued();
  await expect(submit()).rejects.toMatchObject({ problem: { code: 'too_many_requests' } });
  await publishRejection(id);
  await eventually(() => submit().catch(() => null));
});

it('counts a request that may have been accepted until its outcome arrives', async () => {
  const add = EnvelopeQueue.prototype.add;
  const late = vi.spyOn(EnvelopeQueue.prototype, 'add').mockImplementation(async function (
    this: EnvelopeQueue,
    ...envelope
  ) {
    await add.apply(this, envelope);
    throw new Error('Command timed out');
  });
  const refusals = await Promise.all([submit(), submit(), submit()].map((one) => one.catch(({ problem }) => problem)));
  late.mockRestore();
  await expect(submit()).rejects.toMatchObject({ problem: { code: 'too_many_requests' } });
  await publishRejection(refusals[0].job_id);
  await eventually(() => submit().catch(() => null));
});

it('sends the next requests of a partition once what its owner has is decided', async () => {
  const first = await queued();
  const channel = await channelOf(first.id);
  // While this clock stands still, no request has waited for long enough to be sent in any case.
  vi.spyOn(performance, 'now').mockReturnValue(performance.now());
  const second = queued();
  await queued({ show: 3 }); // its partition has another owner, which has nothing to do
  expect(await jobsOf(2)).toBe(1);
  await redis.publish(channel, JSON.stringify([rejection(first.id)]));
  await second;
  expect(await jobsOf(2)).toBe(2);
});

it('does not wait for what is decided already', async () => {
  const { id } = await queued();
  recorded.set(id, { kind: 'book', userId: 1, outcome: rejection(id) });
  // It can be looked up once. The sweep for lost messages does not find it.
  const lookUp = async <T>(work: Promise<T>) => work.finally(() => recorded.clear());
  expect(await queue.wait(id, 600_000, { lookUp })).toEqual(rejection(id));
});

it('waits for a request that cannot be found', async () => {
  const { id: other } = await queued();
  const id = requestId(newEnvelopeId(0), 2, 0);
  const waiting = queue.wait(id, 600_000, { lookUp: (work) => work });
  const pending = Symbol('pending');
  expect(await Promise.race([waiting, queue.find(id).then(() => pending)])).toBe(pending);
  await redis.publish(await channelOf(other), JSON.stringify([rejection(id)]));
  expect(await waiting).toEqual(rejection(id));
});

it('ends all waits when it is told to', async () => {
  const { outcome } = await queued({ waitMs: 600_000 });
  await queue.stopWaiting();
  expect(await outcome).toBeNull();
});
