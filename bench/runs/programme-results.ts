import type { OpenLoopResult } from '../load/open-loop.ts';
import { cellOf, openCellOf } from '../report/cells.ts';
import { curveCellOf } from '../report/curve-cells.ts';
import type { Measurements } from '../report/measurements.ts';
import { spreadOf } from '../report/spread.ts';
import { saleCells } from '../sales/sale-cells.ts';
import type { SaleRun } from '../sales/sale-tasks.ts';
import type { PgbenchScript } from '../systems/pgbench.ts';
import type { Case } from '../workloads/cases.ts';
import { floodRequests, type SystemName } from '../workloads/workloads.ts';
import type { CurveRun } from './curve.ts';
import { type ExpiryRun, expiryFigures } from './expiry.ts';
import type { RunResult } from './run-case.ts';

/** The result of every run so far, in order. */
export interface ProgrammeResults {
  runs: { run: Case; system: SystemName; result: RunResult }[];
  open: { system: SystemName; percentOfPeak: number; rate: number; result: OpenLoopResult }[];
  curve: CurveRun[];
  floods: (RunResult & { acceptedPerSecond: number })[];
  pgbench: { script: PgbenchScript; rate: number }[];
  sales: SaleRun[];
  expiries: ExpiryRun[];
  problems: string[];
}

/** Combines the rounds of every case, open-model run, flood and pgbench script. */
export function combineRounds(
  { runs, open, curve, floods, pgbench, sales, expiries, problems }: ProgrammeResults,
  cases: readonly Case[],
): Pick<Measurements, 'cells' | 'open' | 'curve' | 'flood' | 'pgbench' | 'sales' | 'expiry' | 'problems'> {
  const openRuns = groupBy(open, ({ system, percentOfPeak }) => `${system} ${percentOfPeak}`);
  const scripts = groupBy(pgbench, ({ script }) => script);
  return {
    cells: cases.flatMap((run) =>
      run.systems.flatMap((system) => {
        const rounds = runs.filter((one) => one.run === run && one.system === system).map(({ result }) => result);
        return rounds.length > 0 ? [cellOf(run, system, rounds)] : [];
      }),
    ),
    open: openRuns.flatMap(([first, ...others]) =>
      first ? [openCellOf(first.system, first.percentOfPeak, [first, ...others])] : [],
    ),
    curve: groupBy(curve, ({ system, rate }) => `${system} ${rate}`).map(curveCellOf),
    flood:
      floods.length === 0
        ? null
        : {
            requests: floodRequests,
            acceptedPerSecond: spreadOf(floods.map(({ acceptedPerSecond }) => acceptedPerSecond)),
            lagSeconds: spreadOf(floods.map(({ drainSeconds }) => drainSeconds)),
          },
    pgbench:
      scripts.length === 0
        ? null
        : Object.fromEntries(scripts.map((rounds) => [rounds[0]?.script, spreadOf(rounds.map(({ rate }) => rate))])),
    sales: saleCells(sales),
    expiry: expiryFigures(expiries),
    problems,
  };
}

/** Groups in the order in which each key first appears. */
function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return [...groups.values()];
}
