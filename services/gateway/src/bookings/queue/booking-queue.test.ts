import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { readBookingId } from '@boxoffice/shared/booking-id';
import type { Envelope, Outcomes } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import { partitionOf, queueName } from '@boxoffice/shared/partition';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openImpatientRedis, openPatientRedis, openSubscriber } from '@boxoffice/shared/service/redis';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Acceptance } from '../acceptance.ts';
import type { StoredOutcome } from '../stored-outcomes.ts';
import { BookingQueue } from './booking-queue.ts';
import type { Draft, Submitted } from './submission.ts';

const logger = createLogger('gateway', { LOG_LEVEL: 'silent' });
const partitions = 2;

let server: TestRedis;
let redis: ReturnType<typeof openImpatientRedis>;
let subscriber: Redis;
let workerConnection: ReturnType<typeof openPatientRedis>;
let queue: BookingQueue;
let worker: Worker<Envelope> | null;

beforeEach(async () => {
  server = await createTestRedis();
  redis = openImpatientRedis(server.url, logger);
  subscriber = openSubscriber(server.url, logger);
  workerConnection = openPatientRedis(server.url, logger);
  await eventually(() => redis.status === 'ready');
  worker = null;
  queue = newQueue(100);
});
afterEach(async () => {
  await queue.stopWaiting();
  await queue.close();
  await worker?.close();
  for (const connection of [redis, subscriber, workerConnection]) connection.disconnect();
  await server.drop();
});

const newQueue = (limit: number, userLimit = 1_000) => {
  const options = { redis, subscriber, outcomes, owners, partitions, limit, userLimit, logger };
  return new BookingQueue({ ...options, metrics: new Registry() });
};

const draft = (showId: number, seat = 'A1', user = 1): Draft => {
  return { kind: 'book', show_id: showId, user_id: user, seats: [seat], request_id: 'test' };
};

/** Partitions without an owner. */
const ownerless = new Set<number>();
let lose: (partition: number) => void;
const owners = {
  markOwned: () => undefined,
  isOwned: (partition: number) => !ownerless.has(partition),
  onOwnerless: (listener: typeof lose) => {
    lose = listener;
  },
  ownerOf: (partition: number) => partition,
};

/** The outcomes that the worker has recorded. */
const recorded = new Map<string, StoredOutcome>();
const outcomes = {
  findMany: async (ids: readonly string[]) => {
    await databaseBack;
    return new Map([...recorded].filter(([id]) => ids.includes(id)));
  },
};
/** Pending while the database hangs. */
let databaseBack: Promise<void> | null = null;

/** A worker that rejects every request, and publishes the outcomes only if asked to. */
function startWorker(showId: number, { publishes }: { publishes: boolean }): void {
  worker = new Worker<Envelope>(
    queueName(partitionOf(showId, partitions)),
    async ({ data: { requests, reply_to } }) => {
      const outcomes: Outcomes = requests.map(({ id }) => ({ id, status: 'rejected', problem: problem('seat_taken') }));
      for (const outcome of outcomes) recorded.set(outcome.id, { kind: 'book', userId: 1, outcome });
      if (publishes) await redis.publish(reply_to, JSON.stringify(outcomes));
    },
    { connection: workerConnection },
  );
}

async function envelopesOf(showId: number): Promise<Envelope[]> {
  const inspected = new Queue<Envelope>(queueName(partitionOf(showId, partitions)), {
    connection: workerConnection,
  });
  const jobs = await inspected.getWaiting(0, -1);
  await inspected.close();
  return jobs.map((job) => job.data);
}

async function submitted(...drafts: Draft[]): Promise<Extract<Submitted, { status: 'queued' }>[]> {
  const all = await Promise.all(drafts.map((one) => queue.submit(one, { waitMs: 20_000 })));
  return all.map((one) => {
    if (one.status !== 'queued') throw new Error(`expected a queued request, not a ${one.status}`);
    return one;
  });
}

describe('submit', () => {
  it('sends requests that arrive together in shared envelopes of at most 128, in order of arrival', async () => {
    const drafts = Array.from({ length: 300 }, (_, index) => draft(2, 'A1', index + 1));
    await submitted(...drafts);
    const envelopes = await envelopesOf(2);
    expect(envelopes.map(({ requests }) => requests.length)).toEqual([128, 128, 44]);
    const users = envelopes.flatMap(({ requests }) => requests.map((request) => request.user_id));
    expect(users).toEqual(drafts.map((one) => one.user_id));
  });

  it('puts requests of different partitions into different envelopes', async () => {
    await submitted(draft(2), draft(3), draft(4));
    expect((await envelopesOf(2))[0]?.requests.map((request) => request.show_id)).toEqual([2, 4]);
    expect((await envelopesOf(3))[0]?.requests.map((request) => request.show_id)).toEqual([3]);
  });

  it('resolves with the outcome that the worker publishes', async () => {
    startWorker(2, { publishes: true });
    const [one] = await submitted(draft(2));
    expect(await one?.outcome).toMatchObject({ id: one?.id, status: 'rejected' });
  });

  it('looks up the outcome when its message is lost', async () => {
    startWorker(2, { publishes: false });
    const all = await submitted(draft(2), draft(2), draft(2));
    const outcomes = await Promise.all(all.map(({ outcome }) => outcome));
    expect(outcomes.map((outcome) => outcome?.id)).toEqual(all.map(({ id }) => id));
  });

  it('resolves without an outcome after the time to wait, and the job stays queued', async () => {
    const waiting = await queue.submit(draft(2), { waitMs: 1 });
    if (waiting.status !== 'queued') throw new Error('expected a queued request');
    expect(await waiting.outcome).toBeNull();
    expect(await queue.find(waiting.id)).toMatchObject({ status: 'queued', position: 1, outcome: null });
  });

  it('refuses with queue_full while the limit of waiting jobs is reached, and accepts again once some are done', async () => {
    await queue.close();
    queue = newQueue(2);
    for (let job = 0; job < 2; job++) await submitted(draft(2));
    await expect(queue.submit(draft(2), { waitMs: 0 })).rejects.toMatchObject({
      problem: { code: 'queue_full', status: 503 },
      retryAfterSeconds: 2,
    });
    // The other partition has room, and so will this one once a worker starts.
    await submitted(draft(3));
    startWorker(2, { publishes: true });
    await eventually(async () => (await queue.submit(draft(2), { waitMs: 0 }).catch(() => null)) !== null);
  });

  it('counts positions by requests, across gateways', async () => {
    const other = newQueue(100);
    const positions: number[] = [];
    for (let one = 0; one < 3; one++)
      for (const through of [queue, other]) {
        const single = await through.submit(draft(2), { waitMs: 0 });
        if (single.status === 'queued') positions.push(single.position);
      }
    expect(positions).toEqual([1, 2, 3, 4, 5, 6]);
    const burst = await submitted(...Array.from({ length: 200 }, () => draft(2)));
    expect(burst.map(({ position }) => position)).toEqual(Array.from({ length: 200 }, (_, index) => index + 7));
    expect((await queue.find(burst.at(-1)?.id ?? ''))?.position).toBe(206);
    await other.stopWaiting();
    await other.close();
  });

  it('refuses a repeat like its first request when they share an envelope that cannot be added', async () => {
    await redis.set(`bull:${queueName(0)}:wait`, 'not a list');
    const key = { hash: 'h', fingerprint: 'f' };
    const twice = [draft(2), draft(2)].map((one) => queue.submit({ ...one, key }, { waitMs: 0 }));
    const [first, repeat] = await Promise.allSettled(twice);
    expect(first).toMatchObject({ status: 'rejected', reason: { problem: { code: 'queue_unavailable' } } });
    expect(repeat).toMatchObject({ status: 'rejected', reason: { problem: { code: 'queue_unavailable' } } });
    const jobIds = [first, repeat].map((one) => one?.status === 'rejected' && one.reason.problem.job_id);
    expect(jobIds[0]).toBeTypeOf('string');
    expect(jobIds[1]).toBe(jobIds[0]);
  });

  it('does not send a request that nobody waits for any more', async () => {
    const left = queue.submit(draft(2, 'A1'), { waitMs: 0, acceptance: { isOver: true, jobId: undefined } });
    const [, stayed] = await Promise.allSettled([left, queue.submit(draft(2, 'A2'), { waitMs: 0 })]);
    expect(stayed?.status).toBe('fulfilled');
    await expect(left).rejects.toMatchObject({ problem: { code: 'queue_unavailable' } });
    expect((await envelopesOf(2)).flatMap(({ requests }) => requests)).toMatchObject([{ seats: ['A2'] }]);
  });

  it('ends every wait for a partition that has lost its owner, and begins none', async () => {
    const [before, other] = await submitted(draft(2), draft(3));
    ownerless.add(0);
    try {
      lose(0);
      expect(await before?.outcome).toBeNull();
      const [after] = await submitted(draft(2));
      expect(await after?.outcome).toBeNull();
      expect(await queue.wait(after?.id ?? '', 20_000, { lookUp: (work) => work })).toBeNull();
      expect([after, other].map((one) => queue.pollAfterSeconds(one?.id ?? ''))).toEqual([5, 1]);
    } finally {
      ownerless.clear();
    }
    startWorker(3, { publishes: true });
    expect(await other?.outcome).toMatchObject({ status: 'rejected' });
  });

  it('finds no request whose outcome has been removed, although its finished job is still in the queue', async () => {
    startWorker(2, { publishes: true });
    const [one] = await submitted(draft(2));
    const id = one?.id ?? '';
    const job = `bull:${queueName(0)}:${readBookingId(id)?.envelopeId}`;
    await eventually(() => workerConnection.hget(job, 'finishedOn'));
    expect(await queue.find(id)).toMatchObject({ status: 'decided' });
    recorded.delete(id);
    expect(await queue.find(id)).toBeNull();
  });

  it('refuses to wait for a request that cannot be looked up in time', async () => {
    const [one] = await submitted(draft(2));
    const back = Promise.withResolvers<void>();
    databaseBack = back.promise;
    const raw = new ServerResponse(new IncomingMessage(new Socket()));
    try {
      await expect(
        queue.wait(one?.id ?? '', 20_000, new Acceptance({ raw, elapsedTime: 1_250, request: { bodyReadAt: null } })),
      ).rejects.toMatchObject({
        problem: { code: 'queue_unavailable', status: 503, detail: expect.not.stringContaining('accepted') },
        retryAfterSeconds: 1,
      });
    } finally {
      back.resolve();
    }
  });

  it('refuses within a second when Redis is unreachable', async () => {
    redis.disconnect();
    const startedAt = performance.now();
    await expect(queue.submit(draft(2), { waitMs: 0 })).rejects.toMatchObject({
      problem: { code: 'queue_unavailable', status: 503 },
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
