import { createTestDatabase } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { inspectLocks } from './inspect-locks.ts';
import { Refusals } from './refusals.ts';

/** PostgreSQL drops a lease session that is idle for this long, in milliseconds. */
const frozenAfterMs = 3_000;

it('keeps refusing, and keeps the lease session alive, while Redis fails or is silent', async () => {
  const database = await createTestDatabase();
  const [client, other] = [1, 2].map(() => new pg.Client({ connectionString: database.url }));
  if (!client || !other) throw new Error('no clients');
  await Promise.all([client.connect(), other.connect()]);
  onTestFinished(async () => {
    await Promise.all([client.end(), other.end()]);
    await database.drop();
  });
  const refusals = new Refusals();
  const partitions = Array.from({ length: 16 }, (_, partition) => partition);
  const checked = new Set<number>();
  let isAway = true;
  for (const partition of partitions)
    refusals.add(partition, async () => {
      checked.add(partition);
      if (!isAway) return false;
      if (partition % 2 === 0) throw new Error('all nodes of the cluster are away');
      return new Promise(() => undefined);
    });
  let longestMs = 0;
  const update = async () => {
    const since = performance.now();
    const refused = await refusals.update(client, new Set());
    longestMs = Math.max(longestMs, performance.now() - since);
    return [...refused];
  };
  await eventually(async () => {
    expect(await update()).toEqual(partitions);
    return checked.size === partitions.length;
  });
  expect(longestMs).toBeLessThan(frozenAfterMs);
  expect([...(await inspectLocks(other)).refusedByOthers].sort((a, b) => a - b)).toEqual(partitions);
  isAway = false;
  await eventually(async () => (await update()).length === 0);
  expect((await inspectLocks(other)).refusedByOthers.size).toBe(0);
});
