/** The order of the runs: round by round, and within a round system next to system. */
import type { Options } from '../options.ts';
import { type SaleRun, saleTasks } from '../sales/sale-tasks.ts';
import { type Pgbench, type PgbenchScript, pgbenchRows } from '../systems/pgbench.ts';
import type { System } from '../systems/system.ts';
import type { Case } from '../workloads/cases.ts';
import { floodRequests } from '../workloads/workloads.ts';
import { type CurveRun, curvePointName, curveTasks } from './curve.ts';
import { type ExpiryRun, expiryTask } from './expiry.ts';
import { runOpen } from './open-run.ts';
import type { ProgrammeResults } from './programme-results.ts';
import type { Task } from './progress.ts';
import { type Bench, firstWarmUpSeconds, runCase, runFlood, warmUp } from './run-case.ts';

const percentsOfPeak = [50, 80];
/** Determines a system's peak if no case of hot, waiting, has been measured. */
const peakCase: Case = { workload: 'hot', mode: 'wait', connections: 256, systems: ['boxoffice', 'direct'] };
/** Time a run takes apart from its load: warm-up, check, starting a generator. */
const overheadSeconds = 2;

/** Tasks, and the results they fill in as they run. */
export interface Programme {
  warmUp: Task[];
  tasks: Task[];
  results: ProgrammeResults;
}

/** Plans everything that the options ask for. */
export function planProgramme(
  bench: Bench,
  { quick, seconds, rounds, only, connections, rates }: Options,
  cases: readonly Case[],
  pgbench: Pgbench | null,
): Programme {
  const results: ProgrammeResults = {
    runs: [],
    open: [],
    curve: [],
    floods: [],
    pgbench: [],
    sales: [],
    expiries: [],
    problems: [],
  };
  const onSale = (sale: SaleRun, found: string[]) => {
    results.sales.push(sale);
    results.problems.push(...found);
  };
  const onExpiry = (run: ExpiryRun) => {
    results.expiries.push(run);
    results.problems.push(...run.problems);
  };
  const onCurve = (run: CurveRun) => {
    results.curve.push(run);
    results.problems.push(...run.problems.map((problem) => `${curvePointName(run.rate)} · ${run.system}: ${problem}`));
  };
  const tasksOfRound = (round: number): Task[] => {
    // The systems take turns going first, so that growing tables and warming caches favour none of them.
    const systems = bench.systems.map((_, i) => bench.systems[(i + round) % bench.systems.length] as System);
    const caseTasks = cases.flatMap((run) =>
      systems
        .filter(({ name }) => run.systems.includes(name))
        .map((system) => caseTask(bench, results, run, system, seconds)),
    );
    return [
      ...caseTasks,
      ...(only.includes('open') ? openTasks(bench, results, systems, seconds) : []),
      ...(only.includes('curve') ? curveTasks(bench, systems, { rates, seconds }, onCurve) : []),
      ...(only.includes('flood') ? [floodTask(bench, results)] : []),
      ...saleTasks(bench, systems, { only, connections: connections ?? (quick ? [64] : null), seconds }, onSale),
      ...(only.includes('expiry') ? [expiryTask(bench, quick, onExpiry)] : []),
      ...(pgbench ? pgbenchTasks(bench, results, pgbench, seconds) : []),
    ];
  };
  const warmUpSeconds = Math.min(firstWarmUpSeconds, seconds);
  const warmUpRun = { workload: 'hot', mode: 'wait', connections: 64 } as const;
  return {
    warmUp: bench.systems.map((system) => ({
      name: `warming up ${system.name}`,
      seconds: warmUpSeconds,
      run: () => warmUp(bench, system, { run: warmUpRun, seconds: warmUpSeconds }),
    })),
    tasks: Array.from({ length: rounds }, (_, round) => tasksOfRound(round)).flat(),
    results,
  };
}

function caseTask(bench: Bench, results: ProgrammeResults, run: Case, system: System, seconds: number): Task {
  const name = `${run.workload} ${run.mode} ${run.connections} · ${system.name}`;
  return {
    name,
    seconds: seconds + overheadSeconds,
    async run() {
      const result = await runCase(bench, system, run, seconds);
      results.runs.push({ run, system: system.name, result });
      results.problems.push(...result.problems.map((problem) => `${name}: ${problem}`));
    },
  };
}

function openTasks(bench: Bench, results: ProgrammeResults, systems: System[], seconds: number): Task[] {
  return systems
    .filter(({ name }) => peakCase.systems.includes(name))
    .flatMap((system) => percentsOfPeak.map((percent) => openTask(bench, results, system, percent, seconds)));
}

function openTask(
  bench: Bench,
  results: ProgrammeResults,
  system: System,
  percentOfPeak: number,
  seconds: number,
): Task {
  const name = `open model, ${percentOfPeak} % of peak · ${system.name}`;
  return {
    name,
    seconds: seconds + overheadSeconds,
    async run() {
      const rate = ((await peakRate(bench, results, system, seconds)) * percentOfPeak) / 100;
      const { result, problems } = await runOpen(bench, system, rate, seconds);
      results.open.push({ system: system.name, percentOfPeak, rate, result });
      results.problems.push(...problems.map((problem) => `${name}: ${problem}`));
      if (result.failed > 0) results.problems.push(`${name}: ${result.failed} requests without a 2xx response`);
    },
  };
}

/** The best rate of a system in the latest runs of hot, waiting; runs one if there is none. */
async function peakRate(bench: Bench, results: ProgrammeResults, system: System, seconds: number): Promise<number> {
  const latestRates = () => {
    const hot = results.runs.filter(
      ({ run, ...one }) => one.system === system.name && run.workload === 'hot' && run.mode === 'wait',
    );
    return new Map(hot.map(({ run, result }) => [run, result.rate])).values();
  };
  if (Math.max(0, ...latestRates()) === 0) await caseTask(bench, results, peakCase, system, seconds).run();
  return Math.max(...latestRates());
}

function floodTask(bench: Bench, results: ProgrammeResults): Task {
  return {
    name: `flood of ${floodRequests} · boxoffice`,
    seconds: 6,
    async run() {
      const boxoffice = bench.systems.find(({ name }) => name === 'boxoffice') as System;
      const result = await runFlood(bench, boxoffice);
      results.floods.push(result);
      results.problems.push(...result.problems.map((problem) => `flood: ${problem}`));
    },
  };
}

function pgbenchTasks({ signal }: Bench, results: ProgrammeResults, pgbench: Pgbench, seconds: number): Task[] {
  return (Object.keys(pgbenchRows) as PgbenchScript[]).map((script) => ({
    name: `pgbench, ${script}`,
    seconds: seconds + overheadSeconds,
    async run() {
      results.pgbench.push({ script, rate: await pgbench.rate(script, seconds, signal) });
    },
  }));
}
