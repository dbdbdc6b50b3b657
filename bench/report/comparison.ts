import type { CurveRun } from '../runs/curve.ts';
import { allButLoad } from '../runs/processes.ts';
import type { RunResult } from '../runs/run-case.ts';
import type { Case } from '../workloads/cases.ts';
import { curveCellOf } from './curve-cells.ts';
import { comparedCurveCells } from './curve-tables.ts';
import { ratiosOf, spreadOf } from './spread.ts';
import { cellName, formatCount, formatSpread, type Table } from './table.ts';

/** The runs of two systems, in the order of the rounds; runs with the same index were adjacent in time. */
export interface Pair<T> {
  before: T[];
  now: T[];
}

/** Two systems side by side, as written to the JSON file. */
export interface Comparison {
  startedAt: string;
  conditions: Record<string, string>;
  title: string;
  rounds: number;
  /** The length of each run, without its warm-up. */
  seconds: number;
  cases: (Pair<RunResult> & { run: Case })[];
  curve: (Pair<CurveRun> & { rate: number })[];
  /** Violations found in the databases, a sentence each. */
  problems: string[];
}

/** The processes whose CPU time per request is printed separately. */
const processes = ['gateway', 'worker', 'postgres', 'redis'];

export function comparisonTables({ title, cases, curve }: Comparison): Table[] {
  return [
    {
      title: `${title}: medians, and the ratio of adjacent runs (min–max)`,
      headings: ['', 'rate', 'per second', 'p50 ms', 'p99 ms', 'CPU µs per request', ...processes],
      rows: cases.map(caseRow),
    },
    {
      title: `${title}: load curve, milliseconds from the intended send time (– where requests pile up)`,
      headings: ['', 'answered in time', 'p50', 'p99', 'p99.9', 'CPU µs per booking'],
      rows: curve.map(({ rate, before, now }) => [
        `${formatCount(rate)}/s`,
        ...comparedCurveCells(curveCellOf(before), curveCellOf(now)),
      ]),
    },
  ].filter(({ rows }) => rows.length > 0);
}

function caseRow({ run, before, now }: Comparison['cases'][number]): string[] {
  const figures: ((result: RunResult) => number)[] = [
    ({ rate }) => rate,
    ({ latencyMs }) => latencyMs.p50,
    ({ latencyMs }) => latencyMs.p99,
    ({ cpuMicros }) => allButLoad(cpuMicros),
    ...processes.map(
      (name) =>
        ({ cpuMicros }: RunResult) =>
          cpuMicros[name] ?? 0,
    ),
  ];
  const medians = figures.map((figure) =>
    [before, now].map((results) => formatCount(spreadOf(results.map(figure)).median)).join(' → '),
  );
  const rates = (results: RunResult[]) => spreadOf(results.map(({ rate }) => rate));
  return [cellName(run), `${formatSpread(ratiosOf(rates(now), rates(before)), 2)} ×`, ...medians];
}
