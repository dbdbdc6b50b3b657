import { setImmediate as endOfTick } from 'node:timers/promises';
import type { Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { UndecidedRequests, undecidedLimit } from './undecided-requests.ts';

const stored = new Map<string, Outcome>();
/** Requests that the queue has. */
const waiting = new Set<string>();
/** Set while neither store can be asked. */
let unavailable: Error | null;
let requests: UndecidedRequests;
let lookups: number;
beforeEach(() => {
  stored.clear();
  waiting.clear();
  unavailable = null;
  lookups = 0;
  requests = new UndecidedRequests(2, {
    findOutcomes: async (ids) => {
      lookups++;
      if (unavailable) throw unavailable;
      return ids.flatMap((id) => stored.get(id) ?? []);
    },
    find: async (id) => (waiting.has(id) ? { ...waitingJob } : null),
  });
});
const waitingJob = { kind: 'book' as const, userId: 1, status: 'queued' as const, position: 1, outcome: null };

const isRefused = (user = 1) => {
  try {
    requests.enter(user).leave();
    return false;
  } catch (error) {
    expect(error).toMatchObject({ problem: { code: 'too_many_requests' }, retryAfterSeconds: 1 });
    return true;
  }
};

test('requests on their way count, and those of other users do not', () => {
  const first = requests.enter(1);
  requests.enter(1);
  expect([isRefused(), isRefused(2)]).toEqual([true, false]);
  first.leave();
  expect(isRefused()).toBe(false);
});

test('a queued request counts until its outcome arrives', () => {
  for (const id of ['a', 'b']) requests.enter(1).queued(id);
  expect(isRefused()).toBe(true);
  requests.decided([{ id: 'a' }]);
  expect(isRefused()).toBe(false);
  requests.decided([{ id: 'a' }]); // an outcome may arrive twice
  requests.enter(1).queued('c');
  expect(isRefused()).toBe(true);
});

test('an outcome may arrive before the queue has confirmed its request', () => {
  const place = requests.enter(1);
  requests.decided([{ id: 'a' }]);
  place.queued('a');
  requests.enter(1).queued('b');
  expect(isRefused()).toBe(false);
});

test('a request that neither store has was lost with Redis, and no longer counts', async () => {
  for (const id of ['a', 'b']) requests.enter(1).queued(id);
  waiting.add('b');
  expect(isRefused()).toBe(true);
  await endOfTick();
  expect(isRefused()).toBe(false);
  requests.enter(1).queued('c');
  expect(isRefused()).toBe(true);
});

test('requests that are still queued count, however long they wait', async () => {
  for (const id of ['a', 'b']) {
    requests.enter(1).queued(id);
    waiting.add(id);
  }
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 24 * 60 * 60 * 1_000);
  onTestFinished(() => clock.mockRestore());
  expect(isRefused()).toBe(true);
  await endOfTick();
  expect(isRefused()).toBe(true);
});

test('requests that cannot be looked up count, and are looked up at the next try', async () => {
  for (const id of ['a', 'b']) requests.enter(1).queued(id);
  unavailable = new Error('away');
  expect(isRefused()).toBe(true);
  await endOfTick();
  unavailable = null;
  expect(isRefused()).toBe(true);
  await endOfTick();
  expect(lookups).toBe(2);
  expect(isRefused()).toBe(false);
});

test('outcomes whose message was lost are looked up once a user is refused', async () => {
  for (const id of ['a', 'b']) {
    requests.enter(1).queued(id);
    waiting.add(id);
  }
  stored.set('a', { id: 'a', status: 'rejected', problem: problem('seat_taken') });
  expect([isRefused(), isRefused()]).toEqual([true, true]);
  await endOfTick();
  expect(lookups).toBe(1);
  expect(isRefused()).toBe(false);
});

test('nobody may hold more than a quarter of a queue', () => {
  const limit = (queue: number, user: number) =>
    undecidedLimit({ BOOKING_QUEUE_LIMIT: queue, UNDECIDED_LIMIT_PER_USER: user, NODE_ENV: 'production' });
  expect([limit(10_000, 200), limit(100, 200), limit(1, 200)]).toEqual([200, 25, 1]);
});

test('without a configured limit, production is stricter than development', () => {
  const limit = (NODE_ENV: 'production' | 'development') =>
    undecidedLimit({ BOOKING_QUEUE_LIMIT: 100_000, UNDECIDED_LIMIT_PER_USER: undefined, NODE_ENV });
  expect([limit('production'), limit('development')]).toEqual([200, 10_000]);
});

test('the refusal says what to do', () => {
  requests.enter(1);
  requests.enter(1);
  expect(() => requests.enter(1)).toThrow(
    'You have 2 requests that are not decided yet. Nothing was accepted: wait for their outcomes.',
  );
});

test('a user who is at the limit costs few look-ups in the queue, and one at a time', async () => {
  const asked: string[] = [];
  const { promise, resolve } = Promise.withResolvers<null>();
  const many = new UndecidedRequests(30, {
    findOutcomes: async () => [],
    find: async (id) => {
      asked.push(id);
      return asked.length === 1 ? promise : null;
    },
  });
  const ids = Array.from({ length: 30 }, (_, index) => `${index}`);
  for (const id of ids) many.enter(1).queued(id);
  expect(() => many.enter(1)).toThrow();
  await endOfTick();
  expect(asked).toEqual(['0']);
  resolve(null);
  await endOfTick();
  expect(asked).toEqual(ids.slice(0, 20));
  for (const id of ids.slice(0, 20)) many.enter(1).queued(`${id} again`);
  expect(() => many.enter(1)).toThrow();
});

test('only so many requests are counted: beyond that, the oldest no longer count', () => {
  const counted = 100_000;
  const many = new UndecidedRequests(counted, { findOutcomes: async () => [], find: async () => waitingJob });
  for (let id = 0; id < counted; id++) many.enter(1).queued(`${id}`);
  expect(() => many.enter(1)).toThrow();
  many.enter(2).queued('of someone else');
  expect(() => many.enter(1)).not.toThrow();
});

test('a user without undecided requests is forgotten', async () => {
  // A check that began before lasts: it belonged to requests that are gone.
  const checks: PromiseWithResolvers<Outcome[]>[] = [];
  const slow = new UndecidedRequests(1, {
    findOutcomes: () => {
      const check = Promise.withResolvers<Outcome[]>();
      checks.push(check);
      return check.promise;
    },
    find: async () => waitingJob,
  });
  const refused = () => expect(() => slow.enter(1)).toThrow();
  slow.enter(1).queued('a');
  refused();
  refused();
  expect(checks).toHaveLength(1);
  slow.decided([{ id: 'a' }]);
  const place = slow.enter(1);
  refused();
  expect(checks).toHaveLength(2);
  place.leave();
  slow.enter(1).queued('b');
  refused();
  expect(checks).toHaveLength(3);
  slow.decided([{ id: 'b' }, { id: 'c' }]);
  slow.enter(1).queued('c'); // its outcome came first
  slow.enter(1);
  refused();
  expect(checks).toHaveLength(4);
});
