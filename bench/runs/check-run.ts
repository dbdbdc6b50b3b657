import type { LoadResult } from '../load/load.ts';
import type { System } from '../systems/system.ts';
import { freeSeatEvery, type Plan, takenSeatCount } from '../workloads/workloads.ts';

/** Rows in the run's shows that were not written by the load. */
export interface OtherRows {
  booked: number;
  cancelled: number;
}

/**
 * Checks a run against the database: no seat sold twice, a row for every successful response, a successful
 * response for every row (except for requests in flight when the load ended), nothing left in a queue, and
 * in a stampede no free seat refused.
 *
 * @param run.connections each may have had one request in flight at the end
 * @returns the violations, a sentence each
 */
export async function checkRun(run: {
  system: System;
  plan: Plan;
  load: LoadResult;
  connections: number;
  otherRows: OtherRows;
}): Promise<string[]> {
  const { system, plan, load, connections, otherRows } = run;
  const problems = await system.queueLeftovers();
  if (load.failures > 0) problems.push(`${load.failures} requests without a response`);
  const isStampede = plan.kind === 'book' && plan.takenSeats > 0;
  if (load.refusals > 0 && !isStampede) problems.push(`${load.refusals} responses with a status of 400 or more`);
  if (plan.kind === 'browse') return problems;

  const rows = await system.countRows(plan.shows);
  if (rows.soldTwice > 0) problems.push(`${rows.soldTwice} seats sold twice`);
  if (rows.unmatched > 0) problems.push(`${rows.unmatched} claims without a booking, or bookings without a claim`);
  const granted = load.responses - load.refusals;
  // Each booking adds a row; each cancellation turns one from booked into cancelled.
  const recorded = rows.booked - otherRows.booked + 2 * (rows.cancelled - otherRows.cancelled);
  if (recorded < granted) problems.push(`${granted - recorded} successful responses without a row`);
  if (recorded > granted + connections) problems.push(`${recorded - granted} rows without a response`);
  const free = Math.floor(load.responses / freeSeatEvery);
  if (isStampede && granted < free - connections) {
    problems.push(`${free - granted} free seats refused (${takenSeatCount} were taken)`);
  }
  return problems;
}
