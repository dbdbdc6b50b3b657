/** Prints how long partitions have no owner, and how long it takes until they are spread evenly (docs/scaling.md). */
import { createLogger } from '@boxoffice/shared/service/logging';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Leases } from './leases.ts';

const partitions = 16;
const logger = createLogger('booking-worker', { LOG_LEVEL: 'silent' });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('spreads 16 partitions evenly over 1 to 8 workers, and over those that are left', async () => {
  const workers: Leases[] = [];
  /** When each partition without an owner lost it. */
  const ownerless = new Map<number, number>();
  let longestMs = 0;
  const start = () => {
    const lose = (partition: number) => ownerless.set(partition, performance.now());
    const worker = new Leases({
      databaseUrl: database.url,
      logger,
      handler: {
        acquired({ partition }) {
          longestMs = Math.max(longestMs, performance.now() - (ownerless.get(partition) ?? performance.now()));
          ownerless.delete(partition);
        },
        releasing: async (partition) => void lose(partition),
        lost: lose,
      },
    });
    workers.push(worker);
    worker.start(partitions);
  };
  const figures: { change: string; evenAfterMs: number; ownerlessForMs: number }[] = [];
  const measure = async (change: string, act: () => unknown) => {
    longestMs = 0;
    const since = performance.now();
    await act();
    await eventually(() => isEven(workers.map(({ held }) => held.size)), { timeoutMs: 30_000, intervalMs: 5 });
    const evenAfterMs = Math.round(performance.now() - since);
    figures.push({ change, evenAfterMs, ownerlessForMs: Math.round(longestMs) });
  };
  for (let count = 1; count <= 8; count++) await measure(`${count - 1} → ${count} workers`, start);
  await measure('8 → 7 workers, one stopped', () => workers.pop()?.stop());
  await measure('7 → 4 workers, three stopped', () => Promise.all(workers.splice(4).map((worker) => worker.stop())));
  console.table(figures);
  expect(figures).toHaveLength(10);
  expect(workers.flatMap(({ held }) => [...held]).sort((a, b) => a - b)).toEqual(
    Array.from({ length: partitions }, (_, partition) => partition),
  );
  await Promise.all(workers.map((worker) => worker.stop()));
}, 120_000);

function isEven(sizes: number[]): boolean {
  const sum = sizes.reduce((all, size) => all + size, 0);
  return sum === partitions && Math.max(...sizes) - Math.min(...sizes) <= 1;
}
