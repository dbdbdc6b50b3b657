/** Sales of several requests, on one system after the other within a round. */
import { allButLoad, cpuSeconds, difference } from '../runs/processes.ts';
import type { Task } from '../runs/progress.ts';
import { type Bench, checkpoint } from '../runs/run-case.ts';
import { addPaidShow, awaitCaptured } from '../systems/boxoffice-rows.ts';
import type { System } from '../systems/system.ts';
import type { SystemName, WorkloadName } from '../workloads/workloads.ts';
import { checkSale } from './check-sale.ts';
import { bestHall, isBought, runSale, type Sale, type SalesResult } from './sales.ts';

/** One sale on one system. */
export interface SaleRun {
  sale: Sale;
  system: SystemName;
  result: SalesResult;
  /** CPU time of all the system's processes per purchase, until nothing is left to do, in microseconds. */
  cpuMicros: number;
}

const saleSystems: readonly SystemName[] = ['boxoffice', 'row lock'];
const warmUpSeconds = 1;
const usualConnections = [1, 64, 256];

/** The sales that were asked for; those of one kind run on every system in turn. */
export function saleTasks(
  bench: Bench,
  systems: readonly System[],
  options: { only: readonly WorkloadName[]; connections: readonly number[] | null; seconds: number },
  onDone: (run: SaleRun, problems: string[]) => void,
): Task[] {
  const { only, connections, seconds } = options;
  const plans: ((show: number) => Sale)[] = [];
  const kinds = [
    ...(only.includes('hold') || only.includes('paid') ? (['hold'] as const) : []),
    ...(only.includes('paid') ? (['paid'] as const) : []),
  ];
  for (const number of connections ?? usualConnections)
    for (const kind of kinds) plans.push((show) => ({ kind, show, connections: number, seconds }));
  if (only.includes('best'))
    plans.push(
      (show) => ({ kind: 'best', show }),
      (show) => ({ kind: 'explicit', show }),
    );
  return plans.flatMap((plan) =>
    systems
      .filter(({ name }) => (plan(0).kind === 'paid' ? name === 'boxoffice' : saleSystems.includes(name)))
      .map((system) => saleTask(bench, system, plan, seconds, onDone)),
  );
}

/** Which systems a sale needs. */
export function systemsOfSales(only: readonly WorkloadName[]): readonly SystemName[] {
  return only.includes('hold') || only.includes('best') ? saleSystems : [];
}

function saleTask(
  bench: Bench,
  system: System,
  plan: (show: number) => Sale,
  seconds: number,
  onDone: (run: SaleRun, problems: string[]) => void,
): Task {
  const { kind } = plan(0);
  const name = `${kind} · ${system.name}`;
  return {
    name,
    seconds: isBought(kind) ? seconds + 2 : 5,
    async run() {
      const run = (sale: Sale) => {
        const { tokensFile, folder, signal } = bench;
        return runSale({ url: system.url, sale, tokensFile, folder, signal });
      };
      const warmUp = { kind: 'hold', show: await newShow(system, 'hold'), connections: 64, seconds: warmUpSeconds };
      await run(warmUp as Sale);
      const sale = plan(await newShow(system, kind));
      await checkpoint(system);
      const before = cpuSeconds(system.processes);
      const startMs = performance.now();
      const sold = await run(sale);
      if (kind === 'paid') await awaitCaptured(system.pool, sale.show, sold.purchases.length, bench.signal);
      // What was paid is sold once the money is taken.
      const result = kind === 'paid' ? { ...sold, seconds: (performance.now() - startMs) / 1_000 } : sold;
      await system.drained(bench.signal);
      const cpu = allButLoad(difference(before, cpuSeconds(system.processes)));
      const problems = [...result.problems.slice(0, 5), ...(await checkSale(system, sale, result))];
      onDone(
        { sale, system: system.name, result, cpuMicros: (cpu * 1e6) / Math.max(sold.purchases.length, 1) },
        problems.map((problem) => `${name}: ${problem}`),
      );
    },
  };
}

async function newShow(system: System, kind: Sale['kind']): Promise<number> {
  if (kind === 'paid') return addPaidShow(system.pool);
  const seats = kind === 'hold' ? undefined : bestHall.rows * bestHall.seatsPerRow;
  const [show = 0] = await system.addShows(1, seats);
  return show;
}
