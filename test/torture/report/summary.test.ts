import { expect, test } from 'vitest';
import { type Summary, sumUp } from './summary.ts';
import { markdown, table } from './table.ts';

const run = (seed: number, more: Partial<Summary> = {}): Summary => ({
  ...{ seeds: [seed], ranMs: 60_000, rounds: 2, requests: 100, answers: 90, operations: 10, decidedUnderFault: 5 },
  faults: { 'worker-kill': { times: 3, single: 1, afterBegin: [200], afterEnd: [100] } },
  worst: { gapMs: 1_000, refusalMs: 900, answerMs: 800 },
  memoryMiB: { redis: 5 },
  money: { EUR: { authorized: 3_000, captured: 2_000, voided: 1_000, refunded: 500 } },
  payments: 3,
  violations: {},
  skipped: {},
  ...more,
});

test('adds up counts, keeps the worst, and takes quantiles over all runs', () => {
  const worse = run(2, {
    faults: {
      'worker-kill': { times: 2, single: 2, afterBegin: [300, 400], afterEnd: [] },
      cut: { times: 1, single: 0, afterBegin: [], afterEnd: [] },
    },
    worst: { gapMs: 500, refusalMs: 950, answerMs: 100 },
    memoryMiB: { redis: 9 },
    violations: { order: 1 },
  });
  const sum = sumUp([run(1), worse]);
  expect(sum).toMatchObject({ seeds: [1, 2], ranMs: 120_000, requests: 200, decidedUnderFault: 10 });
  expect(sum.faults['worker-kill']).toEqual({ times: 5, single: 3, afterBegin: [200, 300, 400], afterEnd: [100] });
  expect(sum.faults.cut?.times).toBe(1);
  expect(sum.worst).toEqual({ gapMs: 1_000, refusalMs: 950, answerMs: 800 });
  expect(sum.memoryMiB).toEqual({ redis: 9 });
  expect(table(sum)).toMatch(/1 violations: order 1/);
  expect(markdown(sum)).toContain('| worker-kill | 5 | 3 | 300 ms | 400 ms | 400 ms | 100 ms | 100 ms | 100 ms |');
  expect(markdown(sum)).toContain('6 faults · 200 requests');
  expect(markdown(sum)).toContain(
    'takeover after SIGKILL of a worker: median 300 ms, p99 400 ms, max 400 ms (3 times)',
  );
});
