import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from '@boxoffice/local-servers/free-port';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { loadConfig } from '@boxoffice/shared/service/config';
import { type Environment, startEnvironment } from './environment.ts';
import type { Options } from './options.ts';
import { ratiosOf, spreadOf } from './report/spread.ts';
import { cellName, formatCount, formatSpread, type Table } from './report/table.ts';
import { allButLoad } from './runs/processes.ts';
import { runTasks, type Task } from './runs/progress.ts';
import { type RunResult, runCase, warmUp } from './runs/run-case.ts';
import type * as boxoffice from './systems/boxoffice.ts';
import { startBoxoffice } from './systems/boxoffice.ts';
import type { Cleanup } from './systems/cleanup.ts';
import { startProcess } from './systems/process.ts';
import type { System } from './systems/system.ts';
import type { Case } from './workloads/cases.ts';

/** Seconds before the first measurement of a case. */
const warmUpSeconds = 3;

/** Those whose CPU time per request is printed on its own. */
const processes = ['gateway', 'worker', 'postgres', 'redis'];

/** The outcome of a comparison. */
export interface Comparison {
  table: Table;
  /** Violations found in the databases, a sentence each. */
  problems: string[];
}

/**
 * Measures this tree beside another checkout, whose dependencies must be installed. Each has servers of its own, and
 * they take turns: the ratios are of runs that are neighbours in time, so that a machine whose speed varies affects
 * both.
 */
export async function compareWith(
  folder: string,
  options: Options,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<Comparison> {
  const { startBoxoffice } = await loadSystem(folder);
  const environment = await startEnvironment(options, resolve(loadConfig().DATA_DIR), cleanup, signal);
  const before = await environment.startInstallation('before', startBoxoffice);
  const title = `${folder} → this tree: medians, and the ratio of neighbouring runs (min–max)`;
  return compare(title, { before, now: environment.boxoffice }, environment, options);
}

/** Measures this tree without traces and with this share of requests traced, as `compareWith` measures two trees. */
export async function compareTracing(
  share: number,
  options: Options,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<Comparison> {
  const environment = await startEnvironment(options, resolve(loadConfig().DATA_DIR), cleanup, signal);
  const port = await freePort();
  const file = resolve(import.meta.dirname, 'systems/trace-collector.ts');
  const { folder } = environment.bench;
  const env = { PORT: String(port), NODE_ENV: 'development' };
  const collector = await startProcess({ name: 'collector', file, port, env, folder, signal });
  cleanup.add(() => collector.stop());
  const traced = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: String(share),
  };
  const now = await environment.startInstallation('traced', (servers) =>
    startBoxoffice(servers, cleanup, signal, traced),
  );
  const title = `without traces → ${share * 100} % of the requests traced: medians, and the ratio of neighbouring runs (min–max)`;
  return compare(title, { before: environment.boxoffice, now }, environment, options);
}

async function compare(
  title: string,
  systems: Record<'before' | 'now', System>,
  { bench, cases }: Environment,
  options: Options,
): Promise<Comparison> {
  const runs = cases.map((run) => ({ run, before: [] as RunResult[], now: [] as RunResult[] }));
  const tasks = runs.flatMap(({ run, ...results }) => {
    const task = (name: 'before' | 'now'): Task => ({
      name: `${cellName(run)} · ${name}`,
      seconds: options.seconds + 1,
      async run() {
        results[name].push(await runCase(bench, systems[name], run, options.seconds));
      },
    });
    const inTurn = Array.from({ length: options.rounds }, (_, round) =>
      round % 2 === 0 ? [task('before'), task('now')] : [task('now'), task('before')],
    );
    const warmUps = Object.values(systems).map(
      (system): Task => ({
        name: 'warming up',
        seconds: warmUpSeconds,
        run: () => warmUp(bench, system, { run, seconds: warmUpSeconds }),
      }),
    );
    return [...warmUps, ...inTurn.flat()];
  });
  await runTasks(tasks, bench.signal);
  return {
    table: {
      title,
      headings: ['', 'rate', 'per second', 'p50 ms', 'p99 ms', 'CPU µs per request', ...processes],
      rows: runs.map(rowOf),
    },
    problems: runs.flatMap(({ before, now }) => [...before, ...now].flatMap(({ problems }) => problems)),
  };
}

/** @throws {PlainError} when there is no checkout */
async function loadSystem(folder: string): Promise<typeof boxoffice> {
  try {
    return await import(pathToFileURL(resolve(folder, 'bench/systems/boxoffice.ts')).href);
  } catch (error) {
    throw new PlainError(
      `--against takes a checkout of Boxoffice with its dependencies installed, not ${folder}: ${(error as Error).message}`,
    );
  }
}

function rowOf({ run, before, now }: { run: Case; before: RunResult[]; now: RunResult[] }): string[] {
  const figures: ((result: RunResult) => number)[] = [
    ({ rate }) => rate,
    ({ latencyMs }) => latencyMs.p50,
    ({ latencyMs }) => latencyMs.p99,
    ({ cpuMicros }) => allButLoad(cpuMicros),
    ...processes.map(
      (name) =>
        ({ cpuMicros }: RunResult) =>
          cpuMicros[name] ?? 0,
    ),
  ];
  const medians = figures.map((figure) =>
    [before, now].map((results) => formatCount(spreadOf(results.map(figure)).median)).join(' → '),
  );
  const rates = (results: RunResult[]) => spreadOf(results.map(({ rate }) => rate));
  return [cellName(run), `${formatSpread(ratiosOf(rates(now), rates(before)), 2)} ×`, ...medians];
}
