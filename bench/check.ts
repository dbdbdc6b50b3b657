/** Whether the database agrees with what the clients were told. */
import type { LoadResult } from './load/load.ts';
import type { System } from './systems/system.ts';
import { freshOneOf, goneSeatCount, type Plan } from './workloads.ts';

/** What stood in the rows of the run that no request of the load asked for. */
export interface Besides {
  booked: number;
  cancelled: number;
}

/**
 * Holds a run against the database: no seat twice, no answer without its row, no row without an answer
 * (but for those that were under way when the load ended), nothing left in a queue, and in a stampede
 * no refusal of a seat that was free.
 *
 * @param connections each may have had one request under way at the end
 * @returns what is wrong, a sentence each
 */
export async function checkRun({
  system,
  plan,
  load,
  connections,
  besides,
}: {
  system: System;
  plan: Plan;
  load: LoadResult;
  connections: number;
  besides: Besides;
}): Promise<string[]> {
  const problems = await system.leftOver();
  if (load.failures > 0) problems.push(`${load.failures} requests without an answer`);
  const crowded = plan.kind === 'book' && plan.goneSeats > 0;
  if (load.refusals > 0 && !crowded) problems.push(`${load.refusals} answers of 400 or more`);
  if (plan.kind === 'browse') return problems;

  const rows = await system.rowsOf(plan.shows);
  if (rows.soldTwice > 0) problems.push(`${rows.soldTwice} seats sold twice`);
  if (rows.adrift > 0) problems.push(`${rows.adrift} claims without booking or bookings without claim`);
  const granted = load.answers - load.refusals;
  // Every booking is a row; every cancellation marks one.
  const done = rows.booked - besides.booked + 2 * (rows.cancelled - besides.cancelled);
  if (done < granted) problems.push(`${granted - done} answers without their row`);
  if (done > granted + connections) problems.push(`${done - granted} rows without an answer`);
  const free = Math.floor(load.answers / freshOneOf);
  if (crowded && granted < free - connections) {
    problems.push(`${free - granted} seats refused that were free (${goneSeatCount} were gone)`);
  }
  return problems;
}
