import type { Envelope, Outcomes } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import { partitionOf, queueName } from '@boxoffice/shared/partition';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openImpatientRedis, openPatientRedis } from '@boxoffice/shared/service/redis';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BookingQueue } from './booking-queue.ts';

type Draft = Parameters<BookingQueue['submit']>[0];

const logger = createLogger('gateway', { LOG_LEVEL: 'silent' });
const partitions = 2;

let server: TestRedis;
let redis: Redis;
let subscriber: Redis;
let workerConnection: Redis;
let queue: BookingQueue;
let worker: Worker<Envelope, Outcomes> | null;

beforeEach(async () => {
  server = await createTestRedis();
  redis = openImpatientRedis(server.url, logger);
  subscriber = openPatientRedis(server.url, logger);
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

const newQueue = (limit: number) =>
  new BookingQueue({ redis, subscriber, partitions, limit, logger, metrics: new Registry() });

const draft = (showId: number, seat = 'A1', user = 1): Draft => {
  return { kind: 'book', show_id: showId, user_id: user, seats: [seat], request_id: 'test' };
};

/** A worker that rejects everything, and publishes the outcomes only if asked to. */
function startWorker(showId: number, { publishes }: { publishes: boolean }): void {
  worker = new Worker<Envelope, Outcomes>(
    queueName(partitionOf(showId, partitions)),
    async ({ data: { requests, reply_to } }) => {
      const outcomes: Outcomes = requests.map(({ id }) => ({ id, status: 'rejected', problem: problem('seat_taken') }));
      if (publishes) await redis.publish(reply_to, JSON.stringify(outcomes));
      return outcomes;
    },
    { connection: workerConnection },
  );
}

async function envelopesOf(showId: number): Promise<Envelope[]> {
  const look = new Queue<Envelope, Outcomes>(queueName(partitionOf(showId, partitions)), {
    connection: workerConnection,
  });
  const jobs = await look.getWaiting(0, -1);
  await look.close();
  return jobs.map((job) => job.data);
}

async function submitted(
  ...drafts: Draft[]
): Promise<Extract<Awaited<ReturnType<BookingQueue['submit']>>, { outcome: unknown }>[]> {
  const all = await Promise.all(drafts.map((one) => queue.submit(one, { waitMs: 20_000 })));
  return all.map((one) => {
    if (one.status !== 'queued') throw new Error(`it is a ${one.status}`);
    return one;
  });
}

describe('submit', () => {
  it('sends what comes together together, in the order in which it came, 128 at most in an envelope', async () => {
    const drafts = Array.from({ length: 300 }, (_, index) => draft(2, 'A1', index + 1));
    await submitted(...drafts);
    const envelopes = await envelopesOf(2);
    expect(envelopes.map(({ requests }) => requests.length)).toEqual([128, 128, 44]);
    const users = envelopes.flatMap(({ requests }) => requests.map((request) => request.user_id));
    expect(users).toEqual(drafts.map((one) => one.user_id));
  });

  it('keeps the partitions apart', async () => {
    await submitted(draft(2), draft(3), draft(4));
    expect((await envelopesOf(2))[0]?.requests.map((request) => request.show_id)).toEqual([2, 4]);
    expect((await envelopesOf(3))[0]?.requests.map((request) => request.show_id)).toEqual([3]);
  });

  it('gives the outcome that the worker publishes', async () => {
    startWorker(2, { publishes: true });
    const [one] = await submitted(draft(2));
    expect(await one?.outcome).toMatchObject({ id: one?.id, status: 'rejected' });
  });

  it('finds the outcome by itself when its message is lost', async () => {
    startWorker(2, { publishes: false });
    const all = await submitted(draft(2), draft(2), draft(2));
    const outcomes = await Promise.all(all.map(({ outcome }) => outcome));
    expect(outcomes.map((outcome) => outcome?.id)).toEqual(all.map(({ id }) => id));
  });

  it('sends who waits too long away without an outcome, and the job stays', async () => {
    const waiting = await queue.submit(draft(2), { waitMs: 1 });
    expect(waiting.status === 'queued' && (await waiting.outcome)).toBeNull();
    expect(await queue.find(waiting.id)).toMatchObject({ status: 'queued', position: 1, outcome: null });
  });

  it('refuses with queue_full once as many jobs wait as the limit says, and takes more when some are done', async () => {
    await queue.close();
    queue = newQueue(2);
    // How many wait is looked up beside each add, so it may be late by one.
    for (let job = 0; job < 3; job++) await submitted(draft(2));
    await expect(queue.submit(draft(2), { waitMs: 0 })).rejects.toMatchObject({
      problem: { code: 'queue_full', status: 503 },
      retryAfterSeconds: 2,
    });
    // The other partition has room, and so has this one once a worker comes.
    await submitted(draft(3));
    startWorker(2, { publishes: true });
    await eventually(async () => (await queue.submit(draft(2), { waitMs: 0 }).catch(() => null)) !== null);
  });

  it('is refused within a second when Redis is away', async () => {
    redis.disconnect();
    const startedAt = performance.now();
    await expect(queue.submit(draft(2), { waitMs: 0 })).rejects.toMatchObject({
      problem: { code: 'queue_unavailable', status: 503 },
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
