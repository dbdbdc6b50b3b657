import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { allFaults, plan } from './plan.ts';

const planned = (seed: number, single: boolean) =>
  plan(new Random(seed), { kinds: allFaults, forMs: 300_000, perSecond: 6, single }).map(
    ({ kind, target, atMs, durationMs }) => ({
      name: kind.name,
      target,
      atMs,
      durationMs,
      locks: kind.locks?.(target) ?? [target],
    }),
  );

test('the same seed plans the same faults, another seed others', () => {
  expect(planned(7, false)).toEqual(planned(7, false));
  expect(planned(7, false)).not.toEqual(planned(8, false));
});

test('single faults never overlap', () => {
  const faults = planned(1, true);
  expect(faults.length).toBeGreaterThan(50);
  for (const [index, fault] of faults.entries()) {
    const before = faults[index - 1];
    if (before) expect(fault.atMs).toBeGreaterThanOrEqual(before.atMs + before.durationMs);
  }
});

test('overlapping faults overlap, never two on the same target', () => {
  const faults = planned(1, false);
  const together = (one: (typeof faults)[number], other: (typeof faults)[number]) =>
    one !== other && one.atMs <= other.atMs && other.atMs < one.atMs + one.durationMs;
  const pairs = faults.flatMap((one) =>
    faults.filter((other) => together(one, other)).map((other) => [one, other] as const),
  );
  expect(pairs.length).toBeGreaterThan(50);
  for (const [one, other] of pairs) expect(one.locks.filter((lock) => other.locks.includes(lock))).toEqual([]);
});

test('every kind comes up', () => {
  const names = new Set([1, 2, 3].flatMap((seed) => planned(seed, false).map(({ name }) => name)));
  expect(names).toEqual(new Set(allFaults.map(({ name }) => name)));
});
