import { type Cell, cellOf } from '../report/cells.ts';
import type { System } from '../systems/system.ts';
import type { Case } from '../workloads/cases.ts';
import { addPastBookings } from './past-bookings.ts';
import type { Task } from './progress.ts';
import { type Bench, firstWarmUpSeconds, type RunResult, runCase, warmUp } from './run-case.ts';

const connections = 64;
/** A guess of past bookings inserted per second, for the estimate of the time left. */
const insertsPerSecond = 40_000;

const workloads = ['hot', 'browse'] as const;
const sides = ['without', 'with'] as const;
type Workload = (typeof workloads)[number];
type Side = (typeof sides)[number];

/** Results of two installations, one with empty tables and one with this many past bookings. */
export interface History {
  bookings: number;
  cells: Record<Workload, Record<Side, Cell>>;
}

const caseOf = (workload: Workload): Case => ({ workload, mode: 'wait', connections, systems: ['boxoffice'] });

/**
 * Alternates hot and browse between two new installations that differ only in their past bookings.
 *
 * @param start starts an installation on its own servers, with a folder of this name
 */
export function historyTasks(
  bench: Bench,
  start: (name: string) => Promise<System>,
  { bookings, rounds, seconds }: { bookings: number; rounds: number; seconds: number },
  onDone: (history: History, problems: string[]) => void,
): Task[] {
  const systems = {} as Record<Side, System>;
  const results: { workload: Workload; side: Side; result: RunResult }[] = [];

  const runTask = (workload: Workload, side: Side): Task => ({
    name: `${workload}, ${side} past bookings`,
    seconds: seconds + 2,
    async run() {
      const result = await runCase(bench, systems[side], caseOf(workload), seconds);
      results.push({ workload, side, result });
    },
  });
  // The sides take turns going first.
  const roundTasks = (round: number) =>
    workloads.flatMap((workload) =>
      (round % 2 === 0 ? sides : sides.toReversed()).map((side) => runTask(workload, side)),
    );
  const cellFor = (workload: Workload, side: Side) => {
    const rounds = results.filter((one) => one.workload === workload && one.side === side);
    return cellOf(
      caseOf(workload),
      'boxoffice',
      rounds.map(({ result }) => result),
    );
  };
  const cellsFor = (workload: Workload) => ({
    without: cellFor(workload, 'without'),
    with: cellFor(workload, 'with'),
  });

  return [
    {
      name: `starting two more installations, one with ${bookings} past bookings`,
      seconds: bookings / insertsPerSecond,
      async run() {
        for (const side of sides) systems[side] = await start(`history-${side}`);
        await addPastBookings(systems.with, bookings, bench.signal);
      },
    },
    ...sides.map((side) => ({
      name: `warming up, ${side} past bookings`,
      seconds: firstWarmUpSeconds,
      run: () => warmUp(bench, systems[side], { run: caseOf('hot'), seconds: Math.min(firstWarmUpSeconds, seconds) }),
    })),
    ...Array.from({ length: rounds }, (_, round) => roundTasks(round)).flat(),
    {
      name: 'comparing with and without past bookings',
      seconds: 0,
      async run() {
        const problems = results.flatMap(({ workload, side, result }) =>
          result.problems.map((problem) => `${workload}, ${side} past bookings: ${problem}`),
        );
        onDone({ bookings, cells: { hot: cellsFor('hot'), browse: cellsFor('browse') } }, problems);
      },
    },
  ];
}
