/** When a worker opens queues that it finds closed, second by second. */
import type { Logger } from '@boxoffice/shared/service/logging';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RepartitionRollback } from './repartition-rollback.ts';

vi.mock('node:timers/promises', () => import('../test/promised-timers.ts'));

const current = { generation: 4, partitions: 16 };
/** The generation that the queues require, and whether they are empty. */
let queues: { least: number; areEmpty: boolean };
const advancePartitioning = vi.fn(async () => true);
let rollback: RepartitionRollback;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  advancePartitioning.mockClear();
  queues = { least: 5, areEmpty: true };
  rollback = new RepartitionRollback({
    store: { advancePartitioning },
    queues: { greatestLeast: async () => queues.least, areEmpty: async () => queues.areEmpty },
    logger: { warn: () => undefined, debug: () => undefined } as unknown as Logger,
    current: () => current,
  });
  rollback.start();
});
afterEach(async () => {
  await rollback.stop();
  vi.useRealTimers();
});

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000);
const opened = () => advancePartitioning.mock.calls.length > 0;

it('opens them once they have been found closed three times in a row', async () => {
  await seconds(1);
  queues.least = 4;
  await seconds(1);
  queues.least = 5;
  await seconds(2);
  expect(opened()).toBe(false);
  await seconds(1);
  expect(advancePartitioning).toHaveBeenCalledWith(current, { generation: 6, partitions: 16 });
});

it('lets them drain first: they may hold requests that were distributed over another number of partitions', async () => {
  queues.areEmpty = false;
  await seconds(20);
  expect(opened()).toBe(false);
  queues.areEmpty = true;
  await seconds(1);
  expect(opened()).toBe(true);
});

it('opens them after half a minute even if they do not drain', async () => {
  queues.areEmpty = false;
  await seconds(28);
  expect(opened()).toBe(false);
  await seconds(2);
  expect(opened()).toBe(true);
});
