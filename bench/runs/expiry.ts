/** Hot bookings while a great many holds end, and without. */
import { setTimeout as delay } from 'node:timers/promises';
import type { LoadResult } from '../load/load.ts';
import { type Spread, spreadOf } from '../report/spread.ts';
import type { System } from '../systems/system.ts';
import type { Plan } from '../workloads/workloads.ts';
import { checkRun } from './check-run.ts';
import { addExpiringHolds, type Delays, stopNoting } from './expiring-holds.ts';
import type { Task } from './progress.ts';
import { type Bench, checkpoint } from './run-case.ts';

const connections = 64;
const holdsPerMinute = 100_000;
/** Between the start of inserting the holds and the end of the first, in seconds. */
const delaySeconds = 20;
/** How long after the last hold's end all must have been marked, in milliseconds. */
const timeoutMs = 60_000;

export interface ExpiryRun {
  holds: number;
  seconds: number;
  without: LoadResult;
  meanwhile: LoadResult;
  delays: Delays;
  /** Violations, a sentence each. */
  problems: string[];
}

export interface ExpiryFigures {
  holds: number;
  /** From the end of the first hold to that of the last one. */
  seconds: number;
  /** Hot bookings per second. */
  rateWithout: Spread;
  rateMeanwhile: Spread;
  /** In milliseconds. */
  p99Without: Spread;
  p99Meanwhile: Spread;
  delayP50: Spread;
  delayP99: Spread;
  delayMax: Spread;
}

/** Runs hot for the same time twice: without any holds, and while 100,000 of them end within a minute. */
export function expiryTask(bench: Bench, quick: boolean, onDone: (run: ExpiryRun) => void): Task {
  const seconds = quick ? 10 : 60;
  return {
    name: 'expiry · boxoffice',
    seconds: 2 * seconds + delaySeconds + 10,
    async run() {
      const boxoffice = bench.systems.find(({ name }) => name === 'boxoffice') as System;
      try {
        onDone(await runExpiry(bench, boxoffice, seconds));
      } finally {
        await stopNoting(boxoffice.pool);
      }
    },
  };
}

async function runExpiry(bench: Bench, system: System, seconds: number): Promise<ExpiryRun> {
  const without = await runHot(bench, system, seconds);
  const holds = Math.round((holdsPerMinute * seconds) / 60);
  const beginMs = performance.now() + delaySeconds * 1_000;
  const expiring = await addExpiringHolds(system, { holds, delaySeconds, seconds });
  if (performance.now() > beginMs) throw new Error(`inserting the holds took more than ${delaySeconds} s`);
  await delay(beginMs - performance.now(), undefined, { signal: bench.signal });
  const meanwhile = await runHot(bench, system, seconds);
  for (const deadline = performance.now() + timeoutMs; performance.now() < deadline; await delay(100)) {
    bench.signal.throwIfAborted();
    if ((await expiring.unexpired()) === 0) break;
  }
  const delays = await expiring.delays();
  const problems = [...without.problems, ...meanwhile.problems];
  if (delays.expired !== holds) problems.push(`${delays.expired} of ${holds} holds were marked as expired`);
  if (delays.claims > 0) problems.push(`${delays.claims} seats of expired holds are still claimed`);
  return {
    ...{ holds, seconds, without: without.load, meanwhile: meanwhile.load, delays },
    problems: problems.map((problem) => `expiry: ${problem}`),
  };
}

async function runHot(
  { generator, tokensFile, folder, signal }: Bench,
  system: System,
  seconds: number,
): Promise<{ load: LoadResult; problems: string[] }> {
  const plan: Plan = { kind: 'book', mode: 'wait', shows: await system.addShows(1), takenSeats: 0 };
  await checkpoint(system);
  const load = await generator.run({ url: system.url, plan, connections, seconds, tokensFile, folder, signal });
  await system.drained(signal);
  const otherRows = { booked: 0, cancelled: 0 };
  return { load, problems: await checkRun({ system, plan, load, connections, otherRows }) };
}

/** Combines the rounds; null when there are none. */
export function expiryFigures(runs: readonly ExpiryRun[]): ExpiryFigures | null {
  const [first] = runs;
  if (!first) return null;
  const spread = (pick: (run: ExpiryRun) => number) => spreadOf(runs.map(pick));
  return {
    holds: first.holds,
    seconds: first.seconds,
    rateWithout: spread(({ without }) => (without.responses - without.refusals) / without.seconds),
    rateMeanwhile: spread(({ meanwhile }) => (meanwhile.responses - meanwhile.refusals) / meanwhile.seconds),
    p99Without: spread(({ without }) => without.latencyMs.p99),
    p99Meanwhile: spread(({ meanwhile }) => meanwhile.latencyMs.p99),
    delayP50: spread(({ delays }) => delays.p50),
    delayP99: spread(({ delays }) => delays.p99),
    delayMax: spread(({ delays }) => delays.max),
  };
}
