import { resolve } from 'node:path';
import { loadConfig } from '@boxoffice/shared/service/config';
import { type Environment, startEnvironment } from './environment.ts';
import type { Options } from './options.ts';
import { evaluateGoals } from './report/goal-results.ts';
import type { Measurements } from './report/measurements.ts';
import type { Report } from './report/report.ts';
import { writeJson } from './report/write-json.ts';
import { historyTasks } from './runs/history.ts';
import { memoryBytes } from './runs/processes.ts';
import { type Programme, planProgramme } from './runs/programme.ts';
import { combineRounds } from './runs/programme-results.ts';
import { runTasks, type Task } from './runs/progress.ts';
import { soakTask } from './runs/soak.ts';
import type { Cleanup } from './systems/cleanup.ts';

/** Starts the systems, runs everything the options ask for, and writes the report. */
export async function runBenchmark(options: Options, cleanup: Cleanup, signal: AbortSignal): Promise<Report> {
  const startedAt = new Date().toISOString();
  const dataDir = resolve(loadConfig().DATA_DIR);
  const environment = await startEnvironment(options, dataDir, cleanup, signal);
  const { boxoffice, bench, cases, pgbench, conditions } = environment;
  for (const [name, text] of Object.entries(conditions)) console.error(`${name}: ${text}`);

  const programme = planProgramme(bench, options, cases, pgbench);
  const extras: Extras = { soak: null, history: null, memoryAtStart: {}, problems: [] };
  await runTasks(planTasks(options, environment, programme, extras), signal);

  const combined = combineRounds(programme.results, cases);
  const measured: Measurements = {
    startedAt,
    conditions,
    rounds: options.rounds,
    seconds: options.seconds,
    ...combined,
    memory: { start: extras.memoryAtStart, end: memoryBytes(boxoffice.processes) },
    soak: extras.soak,
    history: extras.history,
    problems: [...combined.problems, ...extras.problems],
  };
  const report: Report = { ...measured, goals: evaluateGoals(measured) };
  writeJson(report, options.json, dataDir);
  return report;
}

/** Results outside the programme, filled in as the tasks run. */
interface Extras extends Pick<Measurements, 'soak' | 'history' | 'problems'> {
  memoryAtStart: Measurements['memory']['start'];
}

function planTasks(
  options: Options,
  { bench, boxoffice, startInstallation }: Environment,
  programme: Programme,
  extras: Extras,
): Task[] {
  const measureMemory: Task = {
    name: 'memory',
    seconds: 0,
    async run() {
      extras.memoryAtStart = memoryBytes(boxoffice.processes);
    },
  };
  const tasks = [...programme.warmUp, measureMemory, ...programme.tasks];
  if (options.history) {
    const size = { ...options, bookings: options.history };
    tasks.push(
      ...historyTasks(bench, startInstallation, size, (history, problems) => {
        extras.history = history;
        extras.problems.push(...problems);
      }),
    );
  }
  if (options.soak) {
    tasks.push(
      soakTask(bench, boxoffice, options.soak, (soak, problems) => {
        extras.soak = soak;
        extras.problems.push(...problems);
      }),
    );
  }
  return tasks;
}
