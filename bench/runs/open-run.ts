import { type OpenLoopResult, runOpenLoop } from '../load/open-loop.ts';
import type { System } from '../systems/system.ts';
import type { Plan } from '../workloads/workloads.ts';
import { checkRun } from './check-run.ts';
import { type ByProcess, cpuSeconds, difference, microsPer } from './processes.ts';
import { type Bench, checkpoint } from './run-case.ts';

export interface OpenRun {
  result: OpenLoopResult;
  /** CPU time per booking, in microseconds. */
  cpuMicros: ByProcess;
  /** Violations found in the database, a sentence each. */
  problems: string[];
}

/** Sends bookings of one show at a fixed rate, waiting for their outcomes, and checks the database afterwards. */
export async function runOpen(
  { tokensFile, folder, signal }: Bench,
  system: System,
  rate: number,
  seconds: number,
): Promise<OpenRun> {
  const plan: Plan = { kind: 'book', mode: 'wait', shows: await system.addShows(1), takenSeats: 0 };
  await checkpoint(system);
  const before = cpuSeconds(system.processes);
  const result = await runOpenLoop({ url: system.url, plan, rate, seconds, tokensFile, folder, signal });
  await system.drained(signal);
  const cpu = difference(before, cpuSeconds(system.processes));
  const { succeeded, failed } = result.total;
  return {
    result,
    cpuMicros: microsPer(succeeded, cpu),
    problems: await checkRun({
      system,
      plan,
      load: { ...result, responses: succeeded, refusals: 0, failures: 0, seconds },
      // A client that got no response may have the seat nevertheless.
      connections: failed,
      otherRows: { booked: 0, cancelled: 0 },
    }),
  };
}
