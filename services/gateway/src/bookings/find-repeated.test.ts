import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import { eventually } from '@boxoffice/testing/eventually';
import { describe, expect, test, vi } from 'vitest';
import { Acceptance } from './acceptance.ts';
import { findKeyOwner, findRepeated, inProgress, type RepeatDependencies, showOfBooking } from './find-repeated.ts';
import type { KeyOwner } from './queue/idempotency-keys.ts';
import type { QueuedJob } from './queue/job-lookup.ts';
import { lookupUnavailable, queueUnavailable } from './queue/queue-errors.ts';

const attempt = { userId: 1, key: { hash: 'h', fingerprint: 'f' } };
const stored: KeyOwner = { id: 'first', fingerprint: 'f', ageMs: Number.POSITIVE_INFINITY };

describe('findKeyOwner', () => {
  const dependencies = (redis: () => Promise<KeyOwner | null>, postgres: (...key: unknown[]) => KeyOwner | null) =>
    ({
      queue: { findKeyOwner: redis },
      outcomes: { findKeyOwner: async (...key: unknown[]) => postgres(...key) },
    }) as unknown as RepeatDependencies;
  const away = () => Promise.reject(lookupUnavailable(new Error('away')));

  test('asks PostgreSQL only for keys that Redis does not know, by their show and user', async () => {
    const postgres = vi.fn(() => stored);
    const recent = { ...stored, ageMs: 5 };
    expect(
      await findKeyOwner(
        dependencies(async () => recent, postgres),
        attempt,
        7,
      ),
    ).toEqual(recent);
    expect(postgres).not.toHaveBeenCalled();
    expect(
      await findKeyOwner(
        dependencies(async () => null, postgres),
        attempt,
        7,
      ),
    ).toEqual(stored);
    expect(postgres).toHaveBeenCalledExactlyOnceWith(7, 1, attempt.key);
  });

  test('finds no owner of a key that neither of them knows', async () => {
    expect(
      await findKeyOwner(
        dependencies(
          async () => null,
          () => null,
        ),
        attempt,
        7,
      ),
    ).toBeNull();
  });

  test('a key whose request is decided is found while Redis is down', async () => {
    expect(
      await findKeyOwner(
        dependencies(away, () => stored),
        attempt,
        7,
      ),
    ).toEqual(stored);
  });

  test('while Redis is down, a key that PostgreSQL does not know does not count as new', async () => {
    await expect(
      findKeyOwner(
        dependencies(away, () => null),
        attempt,
        7,
      ),
    ).rejects.toMatchObject({
      problem: { code: 'queue_unavailable' },
    });
  });
});

describe('findRepeated', () => {
  const id = requestId(newEnvelopeId(0), 7, 0);
  const outcome: Outcome = { id, status: 'rejected', problem: problem('seat_taken') };
  const queued: QueuedJob = { kind: 'book', userId: 1, status: 'queued', position: 3, outcome: null };

  /** The result of a repeat, by default 4 s after the first request, and the calls that it made. */
  async function repeat(
    job: QueuedJob | null,
    {
      ageMs = 4_000,
      waitMs = 0,
      fingerprint = 'f',
      waited = null as Outcome | null,
      confirmed = Promise.resolve(),
    } = {},
  ) {
    const asked = {
      find: vi.fn(async () => job),
      wait: vi.fn(async () => waited),
      confirm: vi.fn(() => confirmed),
      invalidateShow: vi.fn(),
      lookUp: vi.fn(<T>(work: Promise<T>) => work),
    };
    const dependencies = { queue: asked, responses: asked } as unknown as RepeatDependencies;
    const owner = { id, fingerprint, ageMs };
    const acceptance = asked as unknown as Parameters<typeof findRepeated>[2]['acceptance'];
    const result = await findRepeated(dependencies, owner, { ...attempt, waitMs, acceptance }).catch((error) => error);
    return { result, acceptance, ...asked };
  }

  test('refuses a key that was used for something else, without looking anything up', async () => {
    const { result, find } = await repeat(queued, { fingerprint: 'other' });
    expect(result).toMatchObject({ problem: { code: 'idempotency_mismatch', status: 422 } });
    expect(result.problem.detail).toContain('Use a new key');
    expect(find).not.toHaveBeenCalled();
  });

  test('gives the outcome of the first request, within the time to accept, and does not wait or confirm', async () => {
    const { result, find, lookUp, wait, confirm } = await repeat(
      { ...queued, status: 'decided', outcome },
      { waitMs: 9 },
    );
    expect(result).toEqual({ id, kind: 'book', status: 'rejected', position: 0, problem: outcome.problem });
    expect(find).toHaveBeenCalledWith(id);
    expect(lookUp).toHaveBeenCalledTimes(1);
    expect([wait, confirm].map((one) => one.mock.calls.length)).toEqual([0, 0]);
  });

  test('shows the client its own booking in the next seat map', async () => {
    const succeeded = { id, status: 'succeeded', booking: { id, show_id: 7 } } as Outcome;
    const { invalidateShow } = await repeat({ ...queued, status: 'decided', outcome: succeeded });
    expect(invalidateShow).toHaveBeenCalledExactlyOnceWith(7);
  });

  test('while the first request may still be on its way to the queue, asks the client to try again', async () => {
    for (const ageMs of [0, 4_999]) {
      const { result } = await repeat(null, { ageMs });
      expect(result).toMatchObject({ problem: { code: 'idempotency_in_progress' }, retryAfterSeconds: 1 });
      expect(result.problem).toEqual(inProgress().problem);
      expect(result.problem.detail).toContain('still being accepted');
    }
  });

  test('lets the repeat take its place when the first request was not queued within 5 s', async () => {
    const { result, wait, confirm } = await repeat(null, { ageMs: 5_000, waitMs: 10 });
    expect(result).toBeNull();
    expect([wait, confirm].map((one) => one.mock.calls.length)).toEqual([0, 0]);
  });

  test("does not find another user's request", async () => {
    expect((await repeat({ ...queued, userId: 2 }, { ageMs: 5_000 })).result).toBeNull();
  });

  test.each(['queued', 'active'] as const)(
    'confirms that a request which is %s is safe, within the time to accept, before it reports it',
    async (status) => {
      const { result, confirm, lookUp, wait } = await repeat({ ...queued, status });
      expect(result).toEqual({ id, kind: 'book', status, position: 3 });
      expect(confirm).toHaveBeenCalledExactlyOnceWith(id);
      expect(lookUp).toHaveBeenCalledTimes(2);
      expect(wait).not.toHaveBeenCalled();
    },
  );

  test('does not say that a request is queued when that cannot be confirmed', async () => {
    const lost = queueUnavailable(new Error('lost'), id);
    const confirmed = Promise.reject(lost);
    expect((await repeat(queued, { confirmed })).result).toBe(lost);
  });

  test('waits for an outcome that is not decided yet, as long as the client wants', async () => {
    const { result, wait, confirm, acceptance } = await repeat(queued, { waitMs: 1, waited: outcome });
    expect(result).toMatchObject({ id, kind: 'book', status: 'rejected', problem: { code: 'seat_taken' } });
    expect(wait).toHaveBeenCalledExactlyOnceWith(id, 1, acceptance);
    expect(confirm).toHaveBeenCalledTimes(1);
  });

  test('confirms a request whose outcome did not arrive in time', async () => {
    const { result, confirm } = await repeat(queued, { waitMs: 1 });
    expect(result).toMatchObject({ status: 'queued' });
    expect(confirm).toHaveBeenCalledTimes(1);
  });
});

test('a booking names its show, unless its id is not one of ours', () => {
  expect(showOfBooking(requestId(newEnvelopeId(3), 42, 5))).toBe(42);
  expect(showOfBooking('no id')).toBeNull();
});

test('a repeat that waits in vain is answered like its first request, however long it has waited', async () => {
  const raw = new ServerResponse(new IncomingMessage(new Socket()));
  const acceptance = new Acceptance({ raw, elapsedTime: 1_000, request: { bodyReadAt: null } });
  const queued: QueuedJob = { kind: 'book', userId: 1, status: 'queued', position: 1, outcome: null };
  const queue = {
    find: async () => queued,
    confirm: () => delay(20), // a round trip to Redis and its replicas
    wait: async () => {
      await eventually(() => acceptance.isOver);
      return null;
    },
  };
  const dependencies = { queue } as unknown as RepeatDependencies;
  const repeat = { ...attempt, waitMs: 10_000, acceptance };
  expect(await findRepeated(dependencies, stored, repeat)).toMatchObject({ id: 'first', status: 'queued' });
});

test('a repeat does not wait for a request that replicas may not have', async () => {
  const raw = new ServerResponse(new IncomingMessage(new Socket()));
  const acceptance = new Acceptance({ raw, elapsedTime: 0, request: { bodyReadAt: null } });
  const queued: QueuedJob = { kind: 'book', userId: 1, status: 'queued', position: 1, outcome: null };
  const wait = vi.fn();
  const confirm = () => Promise.reject(queueUnavailable(new Error('no replica has it'), 'first'));
  const dependencies = { queue: { find: async () => queued, confirm, wait } } as unknown as RepeatDependencies;
  await expect(findRepeated(dependencies, stored, { ...attempt, waitMs: 10_000, acceptance })).rejects.toMatchObject({
    problem: { code: 'queue_unavailable', job_id: 'first' },
  });
  expect(wait).not.toHaveBeenCalled();
});
