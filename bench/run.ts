import { type CancelProbe, probeCancels } from './cancel-probe.ts';
import { type Besides, checkRun } from './check.ts';
import { call, wantStatus } from './client.ts';
import type { Generator, Latencies, LoadResult } from './load/load.ts';
import { type ByProcess, cpuSeconds, cpuSecondsOfEnded, spent } from './processes.ts';
import type { System } from './systems/system.ts';
import { bookRequest, type Case, floodRequests, goneSeatCount, type Plan, spreadShowCount } from './workloads.ts';

/** What runs have in common. */
export interface Bench {
  generator: Generator;
  systems: System[];
  /** Access tokens, by user. */
  tokens: string[];
  tokensFile: string;
  folder: string;
  /** What is read in `browse`. */
  browsePaths: string[];
  signal: AbortSignal;
}

export interface RunResult {
  /** Per second: bookings in hot and spread, else answers. In 202 mode those decided, until the last was. */
  rate: number;
  latencyMs: Latencies;
  /** CPU time per counted request, in microseconds, by process; `load` is the generator's. */
  cpuMicros: ByProcess;
  /** From the last answer to the last outcome, in seconds. */
  drainSeconds: number;
  /** What the check of the database found, a sentence each. */
  problems: string[];
}

/** Before each run. */
const warmUpSeconds = 1;
/** For the first answers of a system. */
export const firstWarmUpSeconds = 3;

/** Runs one case on one system: warm-up, load, check. */
export async function runCase(bench: Bench, system: System, run: Case, seconds: number): Promise<RunResult> {
  const before = await prepare(bench, system, run.workload === 'stampede' ? { ...run, workload: 'hot' } : run);
  const { connections } = run;
  await load(bench, system, { plan: before.plan, connections, seconds: warmUpSeconds });
  await system.drained(bench.signal);

  const { plan, besides } = await prepare(bench, system, run);
  const probe = run.workload === 'stampede' ? probeCancels(system, bench.tokens, plan) : null;
  return measure(bench, system, { plan, besides, probe, connections, seconds });
}

/** Has a system answer for a while before anything is measured: every token is verified once, code gets compiled. */
export async function warmUp(bench: Bench, system: System, seconds: number): Promise<void> {
  const { plan } = await prepare(bench, system, { workload: 'hot', mode: 'wait' });
  await load(bench, system, { plan, connections: 64, seconds });
  await system.drained(bench.signal);
}

/** 50,000 requests for one show in 202 mode, accepted as fast as they come; `drainSeconds` is the result. */
export async function runFlood(bench: Bench, system: System): Promise<RunResult & { acceptedPerSecond: number }> {
  const plan: Plan = { kind: 'book', mode: '202', shows: await system.addShows(1), goneSeats: 0 };
  const besides = { booked: 0, cancelled: 0 };
  return measure(bench, system, { plan, besides, probe: null, connections: 256, seconds: 0, answers: floodRequests });
}

/** Has PostgreSQL write a checkpoint, so that none falls into one run and not into the next. */
export async function settle({ pool }: System): Promise<void> {
  await pool.query('checkpoint');
}

interface Measured {
  plan: Plan;
  besides: Besides;
  probe: CancelProbe | null;
  connections: number;
  seconds: number;
  answers?: number;
}

async function measure(
  bench: Bench,
  system: System,
  { plan, besides, probe, ...size }: Measured,
): Promise<RunResult & { acceptedPerSecond: number }> {
  await settle(system);
  const look = () => ({ ...cpuSeconds(system.processes), load: cpuSecondsOfEnded() });
  const before = look();
  const startMs = performance.now();
  const result = await load(bench, system, { plan, ...size });
  const loadedMs = performance.now();
  const afterLoad = look();
  const drainSeconds = Math.max(0, (await system.drained(bench.signal)) - loadedMs) / 1_000;
  const accepted = plan.kind === 'book' && plan.mode === '202';
  const cpu = spent(before, accepted ? look() : afterLoad);

  const probed = await probe?.end();
  const all = {
    booked: besides.booked + (probed?.booked ?? 0),
    cancelled: besides.cancelled + (probed?.cancelled ?? 0),
  };
  const { connections } = size;
  const problems = await checkRun({ system, plan, load: result, connections, besides: all });
  const counted = plan.kind === 'book' && plan.goneSeats === 0 ? result.answers - result.refusals : result.answers;
  // The generator knows best how long it sent; what came after is only ours to see.
  const wallSeconds = size.answers ? (loadedMs - startMs) / 1_000 : result.seconds;
  return {
    rate: counted / (wallSeconds + (accepted ? drainSeconds : 0)),
    latencyMs: result.latencyMs,
    cpuMicros: Object.fromEntries(
      Object.entries(cpu).map(([name, seconds]) => [name, (seconds * 1e6) / Math.max(counted, 1)]),
    ),
    drainSeconds,
    acceptedPerSecond: counted / wallSeconds,
    problems: [...problems, ...(probed?.problems ?? [])],
  };
}

function load(
  { generator, tokensFile, folder, signal }: Bench,
  { url }: System,
  size: { plan: Plan; connections: number; seconds: number; answers?: number },
): Promise<LoadResult> {
  return generator.run({ url, tokensFile, folder, signal, ...size });
}

/** The requests of a case, for shows of its own, and what stands in their rows before it begins. */
async function prepare(
  bench: Bench,
  system: System,
  { workload, mode }: Pick<Case, 'workload' | 'mode'>,
): Promise<{ plan: Plan; besides: Besides }> {
  const besides = { booked: 0, cancelled: 0 };
  if (workload === 'browse') return { plan: { kind: 'browse', paths: bench.browsePaths }, besides };
  const shows = await system.addShows(workload === 'spread' ? spreadShowCount : 1);
  if (workload === 'churn') return { plan: { kind: 'churn', shows }, besides };
  if (workload !== 'stampede') return { plan: { kind: 'book', mode, shows, goneSeats: 0 }, besides };
  const show = shows[0] ?? 0;
  const seats = Array.from({ length: goneSeatCount }, (_, i) => i + 1);
  await Promise.all(
    seats.map(async (seat) => {
      const request = bookRequest({ show, seat, user: seat, prefer: 'wait=10' });
      wantStatus(await call(system.url, request, bench.tokens), 201);
    }),
  );
  return {
    plan: { kind: 'book', mode, shows, goneSeats: goneSeatCount },
    besides: { booked: goneSeatCount, cancelled: 0 },
  };
}
