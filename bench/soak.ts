import { type ByProcess, memoryBytes } from './processes.ts';
import type { Task } from './progress.ts';
import { type Bench, runCase } from './run.ts';
import type { System } from './systems/system.ts';
import type { Case } from './workloads.ts';

const connections = 64;
/** Of each run; hot and churn take turns. */
const runSeconds = 14;
/** What a run takes with warm-up and check. */
const turnSeconds = 16;

export interface Soak {
  minutes: number;
  afterOneMinute: ByProcess;
  end: ByProcess;
}

/** Hot and churn by turns for so many minutes; `onDone` gets the memory after the first minute and at the end. */
export function soakTask(
  bench: Bench,
  boxoffice: System,
  minutes: number,
  onDone: (soak: Soak, problems: string[]) => void,
): Task {
  return {
    name: `soak of ${minutes} min`,
    seconds: minutes * 60,
    async run() {
      const startedAt = Date.now();
      const problems: string[] = [];
      let afterOneMinute: ByProcess | null = null;
      for (let turn = 0; Date.now() - startedAt < (minutes * 60 - turnSeconds / 2) * 1_000; turn++) {
        const workload: Case['workload'] = turn % 2 === 0 ? 'hot' : 'churn';
        const run: Case = { workload, mode: 'wait', connections, systems: ['boxoffice'] };
        problems.push(...(await runCase(bench, boxoffice, run, runSeconds)).problems);
        if (Date.now() - startedAt >= 60_000) afterOneMinute ??= memoryBytes(boxoffice.processes);
      }
      const end = memoryBytes(boxoffice.processes);
      onDone({ minutes, afterOneMinute: afterOneMinute ?? end, end }, problems);
    },
  };
}
