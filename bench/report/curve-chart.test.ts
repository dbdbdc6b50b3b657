import { expect, test } from 'vitest';
import type { OpenLoopResult } from '../load/open-loop.ts';
import type { SystemName } from '../workloads/workloads.ts';
import { curveCellOf } from './curve-cells.ts';
import { drawCurve } from './curve-chart.ts';
import { curveTable } from './curve-tables.ts';
import { evaluateGoals } from './goal-results.ts';
import type { Measurements } from './measurements.ts';

const cell = (system: SystemName, rate: number, inTime: number, p99 = 8) => {
  const latencyMs = { p50: 2, p99, p999: 40, max: 50 };
  const result: OpenLoopResult = {
    ...{ sent: 1_000, failed: 0, inTime, total: { succeeded: 1_000, failed: 0 }, latencyMs },
    senderLateMs: { p50: 0, p99: 1 },
  };
  return curveCellOf([{ system, rate, result, cpuMicros: { gateway: 60, postgres: 40 } }]);
};

const curve = [
  cell('boxoffice', 1_000, 1_000),
  cell('direct', 1_000, 1_000),
  cell('boxoffice', 3_000, 995, 11),
  cell('direct', 3_000, 400),
  cell('boxoffice', 4_000, 979, 15),
  cell('direct', 4_000, 300),
];

test('a system that cannot keep up has no latencies, either in the table or in the chart', () => {
  expect(curveTable({ curve }).rows.map((row) => row.slice(0, 6).join(' '))).toEqual([
    '1,000/s boxoffice 100 % 2.0 8.0 40.0',
    '1,000/s direct 100 % 2.0 8.0 40.0',
    '3,000/s boxoffice 99.5 % 2.0 11.0 40.0',
    '3,000/s direct 40 %  cannot keep up ',
    '4,000/s boxoffice 97.9 %  cannot keep up ',
    '4,000/s direct 30 %  cannot keep up ',
  ]);
  const [boxoffice = '', direct = ''] = drawCurve(curve).split('<g class="direct">').slice(-2);
  expect(direct.match(/<circle/g)).toHaveLength(3);
  expect(direct.match(/<path/g)).toHaveLength(2);
  expect(
    boxoffice
      .split('<g class="boxoffice">')
      .at(-1)
      ?.match(/<circle/g),
  ).toHaveLength(6);
});

test('a goal for the load curve applies to the worst latency up to its rate, and a system that cannot keep up misses it', () => {
  const measured = { curve, cells: [], open: [], flood: null, pgbench: null, soak: null, history: null };
  const results = evaluateGoals(measured as unknown as Measurements).filter(({ text }) =>
    text.startsWith('load curve'),
  );
  expect(results.map(({ text, figure, met, overloaded }) => [text, figure, met, overloaded])).toEqual([
    ['load curve up to 2,000/s: p50', null, null, false],
    ['load curve up to 3,000/s: p99', 11, true, false],
    ['load curve up to 4,000/s: p99', 15, false, true],
    ['load curve up to 8,000/s: p99', null, null, false],
  ]);
});
