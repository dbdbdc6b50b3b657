import { expect, test } from 'vitest';
import { findKeyOwner, type RepeatDependencies } from './find-repeated.ts';
import type { KeyOwner } from './queue/idempotency-keys.ts';
import { lookupUnavailable } from './queue/queue-errors.ts';

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
