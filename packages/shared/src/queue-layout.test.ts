/** Pins the behaviour of BullMQ that queue-layout.ts relies on, most of it undocumented. */
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { type Job, UnrecoverableError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Envelope, EnvelopeSummary } from './contracts/jobs.ts';
import { queueName } from './partition.ts';
import { PartitioningOutdated } from './partitioning.ts';
import { EnvelopeQueue } from './queue-layout.ts';

let server: TestRedis;
let redis: Redis;
let queue: EnvelopeQueue;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  server = await createTestRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  queue = new EnvelopeQueue(0, redis);
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await queue.close();
  redis.disconnect();
  await server.drop();
});

/** Adds one envelope per id, in this order. */
async function add(...ids: string[]): Promise<void> {
  for (const id of ids) {
    const request = { kind: 'book' as const, id, show_id: 1, user_id: 1, seats: ['A1'], request_id: 'test' };
    await queue.add(id, { requests: [request], reply_to: 'nobody' });
  }
}

/** Hands the next jobs to a worker that then disappears and leaves its locks behind. */
async function handOut(count: number): Promise<Job<Envelope, EnvelopeSummary>[]> {
  const worker = new Worker<Envelope, EnvelopeSummary>(queueName(0), null, {
    connection: redis,
    autorun: false,
    lockDuration: 60_000,
    skipStalledCheck: true,
  });
  const jobs: (Job<Envelope, EnvelopeSummary> | undefined)[] = [];
  for (let job = 0; job < count; job++) jobs.push(await worker.getNextJob('a dead worker', { block: false }));
  await worker.close(true);
  return jobs.filter((job) => job !== undefined);
}

const summaryOf = (job: Job<Envelope, EnvelopeSummary>): EnvelopeSummary => ({ rejected: job.data.requests.length });

/** Runs a worker until this many jobs have finished; returns their ids in that order. */
async function work(count: number, decide = summaryOf): Promise<string[]> {
  const ids: string[] = [];
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const worker = queue.openWorker(async (job) => {
    ids.push(job.id ?? '');
    return decide(job);
  });
  let finished = 0;
  const settled = () => ++finished === count && resolve();
  worker.on('completed', settled).on('failed', settled);
  closing.push(() => worker.close());
  await done;
  return ids;
}

it('hands jobs out oldest first, and knows which are waiting', async () => {
  await add('first', 'second', 'third');
  expect(await Promise.all(['first', 'second', 'third'].map((id) => queue.isWaiting(id)))).toEqual([true, true, true]);
  expect(await queue.countWaiting()).toBe(3);
  expect(await queue.headId()).toBe('first');
  expect((await handOut(2)).map((job) => job.id)).toEqual(['first', 'second']);
  expect(await queue.activeIds()).toEqual(['second', 'first']);
  expect(await queue.headId()).toBe('third');
  expect(await Promise.all(['first', 'third', 'unknown'].map((id) => queue.isWaiting(id)))).toEqual([
    false,
    true,
    false,
  ]);
});

it('knows when the oldest waiting job was added', async () => {
  expect(await queue.oldestWaitingSince()).toBeNull();
  const before = Date.now();
  await add('first');
  const after = Date.now();
  await eventually(() => Date.now() > after);
  await add('second');
  const oldest = await queue.oldestWaitingSince();
  expect(oldest).toBeGreaterThanOrEqual(before);
  expect(oldest).toBeLessThanOrEqual(after);
});

it('takes back jobs that another worker has locked, and puts them at the head in their original order', async () => {
  await add('first', 'second', 'third');
  const [first] = await handOut(2);
  await expect(first?.moveToWait('a stranger')).rejects.toThrow(/lock/i);
  expect(await queue.takeBackActive()).toEqual(['second', 'first']);
  expect(await queue.activeIds()).toEqual([]);
  expect(await work(3)).toEqual(['first', 'second', 'third']);
});

it('knows whether an envelope is finished, decided or failed', async () => {
  await add('good', 'bad');
  expect(await queue.find('good')).toMatchObject({ requests: [{ id: 'good' }], finished: false });
  await work(2, (job) => {
    if (job.id === 'bad') throw new UnrecoverableError('no request could be decided');
    return summaryOf(job);
  });
  expect(await queue.find('good')).toMatchObject({ requests: [{ id: 'good' }], finished: true });
  expect(await queue.find('bad')).toMatchObject({ finished: true });
  expect(await queue.find('unknown')).toBeNull();
});

it('counts the undecided requests ahead of an envelope, when it is added and later', async () => {
  const envelopeOf = (id: string, size: number): Envelope => {
    const request = { kind: 'book' as const, id, show_id: 1, user_id: 1, seats: ['A1'], request_id: 'test' };
    return { requests: Array.from({ length: size }, () => request), reply_to: 'nobody' };
  };
  const sizes = { first: 128, second: 1, third: 7 };
  const added = await Promise.all(Object.entries(sizes).map(([id, size]) => queue.add(id, envelopeOf(id, size))));
  expect(added).toEqual([
    { waitingJobs: 1, ahead: 0 },
    { waitingJobs: 2, ahead: 128 },
    { waitingJobs: 3, ahead: 129 },
  ]);
  expect(await queue.add('second', envelopeOf('second', 1))).toEqual({ waitingJobs: 3, ahead: 128 });
  // As the worker does once it has decided the first.
  await redis.incrby(queue.bull.toKey('decided'), 128);
  expect((await queue.find('third'))?.ahead).toBe(1);
  expect((await queue.add('fourth', envelopeOf('fourth', 1))).ahead).toBe(8);
});

it('takes jobs back in one step, so that their former owner can neither finish them nor hide them', async () => {
  await add('first', 'second');
  const [first] = await handOut(1);
  await queue.takeBackActive();
  await expect(first?.moveToCompleted({}, 'a dead worker', false)).rejects.toThrow(/lock|active/i);
  expect(await work(2)).toEqual(['first', 'second']);
});

it('wakes a worker that is waiting when it takes jobs back', async () => {
  await add('stray');
  await handOut(1);
  const done = work(1);
  await redis.del('bull:{booking-0}:marker');
  await queue.takeBackActive();
  expect(await done).toEqual(['stray']);
});

it('hands nothing to a worker that is being closed, although Redis may wake it once more', async () => {
  const blocked = new RegExp(` flags=b db=${redis.options.db} .* cmd=bzpopmin`); // other tests have workers on the same server
  const waiting = async () => blocked.test(String(await redis.client('LIST')));
  for (let attempt = 0; attempt < 20; attempt++) {
    const worker = queue.openWorker(async () => ({}));
    await eventually(waiting, { intervalMs: 1 });
    void worker.close(true);
    await add(String(attempt));
    await eventually(async () => !(await waiting()), { intervalMs: 1 });
    expect(await queue.activeIds()).toEqual([]);
  }
});

it('counts decided requests, and corrects the count only while the queue is empty', async () => {
  const decided = () => redis.get('bull:{booking-0}:decided');
  await redis.set('bull:{booking-0}:accepted', 7);
  await add('first'); // the eighth
  await queue.countDecided(2);
  await queue.settleCounts();
  expect(await decided()).toBe('2');
  await handOut(1);
  await queue.settleCounts();
  expect(await decided()).toBe('2');
  await queue.takeBackActive();
  await work(1);
  await queue.settleCounts();
  expect(await decided()).toBe('8');
});

it('measures the latest decisions', async () => {
  await add('first', 'second', 'third');
  await work(3);
  const all = await queue.recentDecisionsMs({ withinMs: 60_000, limit: 20 });
  expect(all).toHaveLength(3);
  for (const ms of all) expect(ms).toBeGreaterThanOrEqual(0);
  expect(await queue.recentDecisionsMs({ withinMs: 60_000, limit: 2 })).toHaveLength(2);
  expect(await queue.recentDecisionsMs({ withinMs: -1_000, limit: 20 })).toEqual([]);
});

it('refuses envelopes of an outdated partitioning, and leaves no trace of them', async () => {
  const envelope = {
    requests: [{ kind: 'book' as const, id: 'r', show_id: 1, user_id: 1, seats: ['A1'], request_id: 'test' }],
    reply_to: 'nobody',
  };
  await queue.add('1', envelope, 1);
  expect(await redis.get('bull:{booking-0}:least')).toBe('1'); // what was accepted raises it
  await queue.acceptFrom(3);
  await queue.acceptFrom(2); // too late
  await expect(queue.add('2', envelope, 2)).rejects.toEqual(new PartitioningOutdated(3));
  expect(await queue.find('2')).toBeNull();
  expect([await queue.countUnfinished(), await queue.countWaiting()]).toEqual([1, 1]);
  expect(await queue.add('3', envelope, 3)).toEqual({ waitingJobs: 2, ahead: 1 });
  expect(await work(2)).toEqual(['1', '3']);
  expect(await queue.countUnfinished()).toBe(0);
});
