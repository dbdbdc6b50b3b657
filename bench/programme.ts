/** The order of the runs: round by round, and within a round system beside system. */
import { type OpenLoopResult, runOpenLoop } from './load/open-loop.ts';
import type { Options } from './options.ts';
import type { Task } from './progress.ts';
import { cellOf, openCellOf, type Report, spreadOf } from './report.ts';
import { type Bench, firstWarmUpSeconds, type RunResult, runCase, runFlood, settle, warmUp } from './run.ts';
import { type Pgbench, type PgbenchScript, pgbenchRows } from './systems/pgbench.ts';
import type { System } from './systems/system.ts';
import { type Case, floodRequests, type Plan, type SystemName } from './workloads.ts';

const percentsOfPeak = [50, 80];
/** The peak of a system is what it does in this case, where no other with more connections was measured. */
const peakCase: Case = { workload: 'hot', mode: 'wait', connections: 256, systems: ['boxoffice', 'direct'] };
/** What a run takes besides its load: its warm-up, the check, the start of a generator. */
const aroundSeconds = 2;

/** Tasks, and what they have found once they ran. */
export interface Programme {
  warmUp: Task[];
  tasks: Task[];
  runs: Map<Case, Map<SystemName, RunResult[]>>;
  open: Map<SystemName, Map<number, { rate: number; result: OpenLoopResult }[]>>;
  floods: (RunResult & { acceptedPerSecond: number })[];
  pgbench: Map<PgbenchScript, number[]> | null;
  problems: string[];
}

/** Plans everything that was asked for. */
export function programmeTasks(bench: Bench, options: Options, cases: Case[], pgbench: Pgbench | null): Programme {
  const programme: Programme = {
    warmUp: bench.systems.map((system) => ({
      name: `warming up ${system.name}`,
      seconds: Math.min(firstWarmUpSeconds, options.seconds),
      run: () => warmUp(bench, system, Math.min(firstWarmUpSeconds, options.seconds)),
    })),
    tasks: [],
    runs: new Map(),
    open: new Map(),
    floods: [],
    pgbench: pgbench && new Map(),
    problems: [],
  };
  for (let round = 0; round < options.rounds; round++) {
    // Who goes first takes turns: what grows or warms in a round then favours nobody.
    const systems = bench.systems.map((_, i) => bench.systems[(i + round) % bench.systems.length] as System);
    for (const one of cases) {
      for (const system of systems.filter(({ name }) => one.systems.includes(name))) {
        programme.tasks.push(caseTask(bench, programme, one, system, options.seconds));
      }
    }
    if (options.only.includes('open')) programme.tasks.push(...openTasks(bench, programme, systems, options.seconds));
    if (options.only.includes('flood')) programme.tasks.push(floodTask(bench, programme));
    if (pgbench) programme.tasks.push(...pgbenchTasks(bench, programme, pgbench, options.seconds));
  }
  return programme;
}

/** What the tasks have found. */
export function resultsOf(
  { runs, open, floods, pgbench, problems }: Programme,
  cases: Case[],
): Pick<Report, 'cells' | 'open' | 'flood' | 'pgbench' | 'problems'> {
  return {
    cells: cases.flatMap((one) =>
      one.systems.flatMap((system) => {
        const rounds = runs.get(one)?.get(system);
        return rounds ? [cellOf(one, system, rounds)] : [];
      }),
    ),
    open: [...open].flatMap(([system, byPercent]) =>
      [...byPercent].map(([percent, rounds]) => openCellOf(system, percent, rounds)),
    ),
    flood:
      floods.length === 0
        ? null
        : {
            requests: floodRequests,
            acceptedPerSecond: spreadOf(floods.map(({ acceptedPerSecond }) => acceptedPerSecond)),
            lagSeconds: spreadOf(floods.map(({ drainSeconds }) => drainSeconds)),
          },
    pgbench: pgbench && Object.fromEntries([...pgbench].map(([script, rates]) => [script, spreadOf(rates)])),
    problems,
  };
}

function caseTask(bench: Bench, programme: Programme, one: Case, system: System, seconds: number): Task {
  const name = `${one.workload} ${one.mode} ${one.connections} · ${system.name}`;
  return {
    name,
    seconds: seconds + aroundSeconds,
    async run() {
      const result = await runCase(bench, system, one, seconds);
      entry(
        entry(programme.runs, one, () => new Map()),
        system.name,
        () => [],
      ).push(result);
      programme.problems.push(...result.problems.map((problem) => `${name}: ${problem}`));
    },
  };
}

function openTasks(bench: Bench, programme: Programme, systems: System[], seconds: number): Task[] {
  return systems
    .filter(({ name }) => peakCase.systems.includes(name))
    .flatMap((system) =>
      percentsOfPeak.map((percent) => ({
        name: `open model, ${percent} % of peak · ${system.name}`,
        seconds: seconds + aroundSeconds,
        async run() {
          const rate = ((await peakOf(bench, programme, system, seconds)) * percent) / 100;
          const plan: Plan = { kind: 'book', mode: 'wait', shows: await system.addShows(1), goneSeats: 0 };
          const { url } = system;
          const { tokensFile, folder, signal } = bench;
          await settle(system);
          const result = await runOpenLoop({ url, plan, rate, seconds, tokensFile, folder, signal });
          await system.drained(signal);
          entry(
            entry(programme.open, system.name, () => new Map()),
            percent,
            () => [],
          ).push({ rate, result });
          if (result.failed > 0)
            programme.problems.push(`${this.name}: ${result.failed} requests without a 2xx answer`);
        },
      })),
    );
}

/** The best that a system did when it was asked for the outcome, this round or before, on one show. */
async function peakOf(bench: Bench, programme: Programme, system: System, seconds: number): Promise<number> {
  const rates = () =>
    [...programme.runs]
      .filter(([{ workload, mode }]) => workload === 'hot' && mode === 'wait')
      .map(([, bySystem]) => bySystem.get(system.name)?.at(-1)?.rate ?? 0);
  if (Math.max(0, ...rates()) === 0) await caseTask(bench, programme, peakCase, system, seconds).run();
  return Math.max(...rates());
}

function floodTask(bench: Bench, programme: Programme): Task {
  return {
    name: `flood of ${floodRequests} · boxoffice`,
    seconds: 6,
    async run() {
      const boxoffice = bench.systems.find(({ name }) => name === 'boxoffice') as System;
      const result = await runFlood(bench, boxoffice);
      programme.floods.push(result);
      programme.problems.push(...result.problems.map((problem) => `flood: ${problem}`));
    },
  };
}

function pgbenchTasks({ signal }: Bench, programme: Programme, pgbench: Pgbench, seconds: number): Task[] {
  return (Object.keys(pgbenchRows) as PgbenchScript[]).map((script) => ({
    name: `pgbench, ${script}`,
    seconds: seconds + aroundSeconds,
    async run() {
      const rate = await pgbench.rate(script, seconds, signal);
      if (programme.pgbench) entry(programme.pgbench, script, () => []).push(rate);
    },
  }));
}

/** The value of a key, made when it is not there. */
function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
