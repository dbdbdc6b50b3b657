import type pg from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Refusals } from './refusals.ts';

vi.mock('node:timers/promises', () => import('../../test/promised-timers.ts'));

const query = vi.fn(async () => undefined);
const client = { query } as unknown as pg.Client;
let refusals: Refusals;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] });
  query.mockClear();
  refusals = new Refusals();
});
afterEach(() => {
  vi.useRealTimers();
});

const update = async (taken: number[] = []) => [...(await refusals.update(client, new Set(taken)))];
const announced = (partition: number) => ['select pg_advisory_lock_shared($1, $2)', [7_235, partition]];
const withdrawn = (partition: number) => ['select pg_advisory_unlock_shared($1, $2)', [7_235, partition]];

it('announces each refusal once per session, and again in the next one', async () => {
  for (const partition of [11, 2]) refusals.add(partition, async () => true);
  expect(refusals.partitions).toEqual([2, 11]);
  expect(await update()).toEqual([11, 2]);
  expect(await update()).toEqual([11, 2]);
  expect(query.mock.calls).toEqual([announced(11), announced(2)]);
  refusals.sessionEnded();
  await update();
  expect(query.mock.calls.slice(2)).toEqual([announced(11), announced(2)]);
});

it('withdraws a refusal once its request is decided, and checks that once a second', async () => {
  const isStillThere = vi.fn(async () => true);
  refusals.add(1, isStillThere);
  refusals.add(2, async () => true);
  await update();
  vi.advanceTimersByTime(999);
  await update();
  expect(isStillThere).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(await update()).toEqual([1, 2]);
  expect(isStillThere).toHaveBeenCalledTimes(1);
  isStillThere.mockResolvedValue(false);
  vi.advanceTimersByTime(999);
  expect(await update()).toEqual([1, 2]);
  vi.advanceTimersByTime(1);
  expect(await update()).toEqual([2]);
  expect(query.mock.calls.slice(2)).toEqual([withdrawn(1)]);
  expect(refusals.partitions).toEqual([2]);
});

it('leaves a partition to another worker that serves it for a minute', async () => {
  const isStillThere = vi.fn(async () => false);
  refusals.add(1, isStillThere);
  await update([1]);
  vi.advanceTimersByTime(59_999);
  expect(await update([1])).toEqual([1]);
  expect(isStillThere).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(await update([1])).toEqual([]);
});

it('keeps refusing, and keeps the session alive, while it is unknown whether the request is still there', async () => {
  refusals.add(1, () => new Promise(() => undefined));
  await update();
  vi.advanceTimersByTime(1_000);
  const updated = update();
  await vi.advanceTimersByTimeAsync(500);
  expect(await updated).toEqual([1]);
});
