import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from '@boxoffice/local-servers/free-port';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { loadConfig } from '@boxoffice/shared/service/config';
import { type Environment, startEnvironment } from './environment.ts';
import type { Options } from './options.ts';
import type { Comparison, Pair } from './report/comparison.ts';
import { cellName } from './report/table.ts';
import { writeJson } from './report/write-json.ts';
import { curvePointName } from './runs/curve.ts';
import { runOpen } from './runs/open-run.ts';
import { runTasks, type Task } from './runs/progress.ts';
import { runCase, warmUp } from './runs/run-case.ts';
import type * as boxoffice from './systems/boxoffice.ts';
import { startBoxoffice } from './systems/boxoffice.ts';
import type { Cleanup } from './systems/cleanup.ts';
import { startProcess } from './systems/process.ts';
import type { System } from './systems/system.ts';
import type { Case } from './workloads/cases.ts';

/** Seconds before the first measurement of a case. */
const warmUpSeconds = 3;

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
  const title = `${folder} → this tree`;
  return compare(title, { before, now: environment.boxoffice }, environment, options);
}

/** Measures this tree without tracing and with this share of requests traced, as `compareWith` measures two trees. */
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
  const title = `without traces → ${share * 100} % of the requests traced`;
  return compare(title, { before: environment.boxoffice, now }, environment, options);
}

async function compare(
  title: string,
  systems: Record<keyof Pair<unknown>, System>,
  { bench, cases, conditions }: Environment,
  options: Options,
): Promise<Comparison> {
  const { seconds, rounds, only } = options;
  const comparison: Comparison = {
    startedAt: new Date().toISOString(),
    conditions,
    title,
    rounds,
    seconds,
    cases: cases.map((run) => ({ run, before: [], now: [] })),
    curve: (only.includes('curve') ? options.rates : []).map((rate) => ({ rate, before: [], now: [] })),
    problems: [],
  };
  const warmUps = (run: Pick<Case, 'workload' | 'mode' | 'connections'>) =>
    Object.values(systems).map(
      (system): Task => ({
        name: 'warming up',
        seconds: warmUpSeconds,
        run: () => warmUp(bench, system, { run, seconds: warmUpSeconds }),
      }),
    );
  const caseTasks = comparison.cases.flatMap(({ run, ...results }) => [
    ...warmUps(run),
    ...byTurns(cellName(run), options, results, (name) => runCase(bench, systems[name], run, seconds)),
  ]);
  const curveTasks = comparison.curve.flatMap(({ rate, ...results }) =>
    byTurns(curvePointName(rate), options, results, async (name) => ({
      system: systems[name].name,
      rate,
      ...(await runOpen(bench, systems[name], rate, seconds)),
    })),
  );
  if (curveTasks.length > 0) curveTasks.unshift(...warmUps({ workload: 'hot', mode: 'wait', connections: 64 }));
  await runTasks([...caseTasks, ...curveTasks], bench.signal);
  comparison.problems = [...comparison.cases, ...comparison.curve].flatMap(({ before, now }) =>
    [...before, ...now].flatMap(({ problems }) => problems),
  );
  writeJson(comparison, options.json, resolve(loadConfig().DATA_DIR));
  return comparison;
}

/** The runs of two systems, which take turns going first. */
function byTurns<T>(
  title: string,
  { rounds, seconds }: Pick<Options, 'rounds' | 'seconds'>,
  results: Pair<T>,
  run: (name: keyof Pair<T>) => Promise<T>,
): Task[] {
  const task = (name: keyof Pair<T>): Task => ({
    name: `${title} · ${name}`,
    seconds: seconds + 1,
    async run() {
      results[name].push(await run(name));
    },
  });
  return Array.from({ length: rounds }, (_, round) =>
    round % 2 === 0 ? [task('before'), task('now')] : [task('now'), task('before')],
  ).flat();
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
