import type { Generator } from '../load/generator.ts';
import type { Latencies, LoadResult } from '../load/load.ts';
import type { System } from '../systems/system.ts';
import type { Case } from '../workloads/cases.ts';
import { floodRequests, type Plan } from '../workloads/workloads.ts';
import { type CancelProbe, probeCancels } from './cancel-probe.ts';
import { checkRun, type OtherRows } from './check-run.ts';
import { planCase } from './plan-case.ts';
import { type ByProcess, cpuSeconds, cpuSecondsOfEndedChildren, difference, microsPer } from './processes.ts';

/** Shared by all runs. */
export interface Bench {
  generator: Generator;
  systems: System[];
  /** Access tokens, by user. */
  tokens: string[];
  tokensFile: string;
  folder: string;
  /** The paths that `browse` requests. */
  browsePaths: string[];
  signal: AbortSignal;
}

export interface RunResult {
  /**
   * Per second: bookings in hot and spread, otherwise responses. In 202 mode it counts decided requests, up
   * to the last outcome.
   */
  rate: number;
  latencyMs: Latencies;
  /** CPU time per counted request, in microseconds, by process; `load` is the generator. */
  cpuMicros: ByProcess;
  /** From the last response to the last outcome, in seconds. */
  drainSeconds: number;
  /** Violations found in the database, a sentence each. */
  problems: string[];
}

const warmUpSecondsPerRun = 1;
/** Before a system's first run. */
export const firstWarmUpSeconds = 3;

/** Runs one case on one system: warm-up, load, check. */
export async function runCase(bench: Bench, system: System, run: Case, seconds: number): Promise<RunResult> {
  const { connections } = run;
  const warmUpCase = run.workload === 'stampede' ? { ...run, workload: 'hot' as const } : run;
  await warmUp(bench, system, { run: warmUpCase, seconds: warmUpSecondsPerRun });

  const { plan, otherRows } = await planCase(bench, system, run);
  const probe = run.workload === 'stampede' ? probeCancels(system, bench.tokens, plan) : null;
  return measure(bench, system, { plan, otherRows, probe, connections, seconds });
}

/** Runs a case without measuring it, so that code is compiled and token signatures are cached. */
export async function warmUp(
  bench: Bench,
  system: System,
  { run, seconds }: { run: Pick<Case, 'workload' | 'mode' | 'connections'>; seconds: number },
): Promise<void> {
  const { plan } = await planCase(bench, system, run);
  await load(bench, system, { plan, connections: run.connections, seconds });
  await system.drained(bench.signal);
}

/** Sends 50,000 requests for one show in 202 mode, as fast as they are accepted. */
export async function runFlood(bench: Bench, system: System): Promise<RunResult & { acceptedPerSecond: number }> {
  const plan: Plan = { kind: 'book', mode: '202', shows: await system.addShows(1), takenSeats: 0 };
  const otherRows = { booked: 0, cancelled: 0 };
  const size = { connections: 256, seconds: 0, responseLimit: floodRequests };
  return measure(bench, system, { plan, otherRows, probe: null, ...size });
}

/** Makes PostgreSQL write a checkpoint now, so that it does not fall into one run and not into another. */
export async function checkpoint({ pool }: System): Promise<void> {
  await pool.query('checkpoint');
}

interface LoadSize {
  connections: number;
  seconds: number;
  responseLimit?: number;
}

async function measure(
  bench: Bench,
  system: System,
  { plan, otherRows, probe, ...size }: { plan: Plan; otherRows: OtherRows; probe: CancelProbe | null } & LoadSize,
): Promise<RunResult & { acceptedPerSecond: number }> {
  await checkpoint(system);
  const cpuNow = () => ({ ...cpuSeconds(system.processes), load: cpuSecondsOfEndedChildren() });
  const cpuBefore = cpuNow();
  const startMs = performance.now();
  const result = await load(bench, system, { plan, ...size });
  const loadedMs = performance.now();
  const cpuLoaded = cpuNow();
  const drainSeconds = Math.max(0, (await system.drained(bench.signal)) - loadedMs) / 1_000;
  const outcomesFollow = plan.kind === 'book' && plan.mode === '202';
  const cpu = difference(cpuBefore, outcomesFollow ? cpuNow() : cpuLoaded);

  const probed = (await probe?.end()) ?? { booked: 0, cancelled: 0, problems: [] };
  const problems = await checkRun({
    system,
    plan,
    load: result,
    connections: size.connections,
    otherRows: { booked: otherRows.booked + probed.booked, cancelled: otherRows.cancelled + probed.cancelled },
  });
  const onlyBookingsCount = plan.kind === 'book' && plan.takenSeats === 0;
  const counted = onlyBookingsCount ? result.responses - result.refusals : result.responses;
  // The generator measures its own sending time best; a limited run is timed here.
  const loadSeconds = size.responseLimit ? (loadedMs - startMs) / 1_000 : result.seconds;
  return {
    rate: counted / (loadSeconds + (outcomesFollow ? drainSeconds : 0)),
    latencyMs: result.latencyMs,
    cpuMicros: microsPer(counted, cpu),
    drainSeconds,
    acceptedPerSecond: counted / loadSeconds,
    problems: [...problems, ...probed.problems],
  };
}

function load(
  { generator, tokensFile, folder, signal }: Bench,
  { url }: System,
  size: { plan: Plan } & LoadSize,
): Promise<LoadResult> {
  return generator.run({ url, tokensFile, folder, signal, ...size });
}
