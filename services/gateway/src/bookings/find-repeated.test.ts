import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@boxoffice/testing/eventually';
import { expect, test, vi } from 'vitest';
import { Acceptance } from './acceptance.ts';
import { findKeyOwner, findRepeated, type RepeatDependencies } from './find-repeated.ts';
import type { KeyOwner } from './queue/idempotency-keys.ts';
import type { QueuedJob } from './queue/job-lookup.ts';
import { lookupUnavailable, queueUnavailable } from './queue/queue-errors.ts';

const attempt = { userId: 1, key: { hash: 'h', fingerprint: 'f' } };
const stored: KeyOwner = { id: 'first', fingerprint: 'f', ageMs: Number.POSITIVE_INFINITY };

/** Redis is away; PostgreSQL knows this owner of the key. */
const withoutRedis = (owner: KeyOwner | null) =>
  ({
    queue: { findKeyOwner: () => Promise.reject(lookupUnavailable(new Error('away'))) },
    outcomes: { findKeyOwner: async () => owner },
  }) as unknown as RepeatDependencies;

test('a key whose request is decided is found while Redis is away', async () => {
  expect(await findKeyOwner(withoutRedis(stored), attempt, 7)).toEqual(stored);
});

test('while Redis is away, a key that PostgreSQL does not know is no new key', async () => {
  await expect(findKeyOwner(withoutRedis(null), attempt, 7)).rejects.toMatchObject({
    problem: { code: 'queue_unavailable' },
  });
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
