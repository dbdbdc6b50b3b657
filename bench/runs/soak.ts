import type { System } from '../systems/system.ts';
import type { Case } from '../workloads/cases.ts';
import { type ByProcess, memoryBytes } from './processes.ts';
import type { Task } from './progress.ts';
import { type Bench, runCase } from './run-case.ts';

const connections = 64;
const runSeconds = 14;
/** A run with its warm-up and check. */
const totalRunSeconds = 16;

/** Memory of Boxoffice's processes, in bytes. */
export interface Soak {
  minutes: number;
  afterOneMinute: ByProcess;
  end: ByProcess;
}

/** Alternates hot and churn for this many minutes and measures memory. */
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
      const startedAt = performance.now();
      const problems: string[] = [];
      let afterOneMinute: ByProcess | null = null;
      for (let n = 0; performance.now() - startedAt < (minutes * 60 - totalRunSeconds / 2) * 1_000; n++) {
        const workload: Case['workload'] = n % 2 === 0 ? 'hot' : 'churn';
        const run: Case = { workload, mode: 'wait', connections, systems: ['boxoffice'] };
        problems.push(...(await runCase(bench, boxoffice, run, runSeconds)).problems);
        if (performance.now() - startedAt >= 60_000) afterOneMinute ??= memoryBytes(boxoffice.processes);
      }
      const end = memoryBytes(boxoffice.processes);
      onDone({ minutes, afterOneMinute: afterOneMinute ?? end, end }, problems);
    },
  };
}
