/** Load curve: every system at the same rates, one system after another at each rate. */
import type { System } from '../systems/system.ts';
import type { SystemName } from '../workloads/workloads.ts';
import { type OpenRun, runOpen } from './open-run.ts';
import type { Task } from './progress.ts';
import type { Bench } from './run-case.ts';

export interface CurveRun extends OpenRun {
  system: SystemName;
  /** Offered requests per second. */
  rate: number;
}

const curveSystems: readonly SystemName[] = ['boxoffice', 'direct'];
/** Extra time for the warm-up, the check, and responses that arrive late. */
const overheadSeconds = 4;

export function curveTasks(
  bench: Bench,
  systems: readonly System[],
  { rates, seconds }: { rates: readonly number[]; seconds: number },
  onDone: (run: CurveRun) => void,
): Task[] {
  const measured = systems.filter(({ name }) => curveSystems.includes(name));
  return rates.flatMap((rate) =>
    measured.map((system) => ({
      name: `${curvePointName(rate)} · ${system.name}`,
      seconds: seconds + overheadSeconds,
      async run() {
        onDone({ system: system.name, rate, ...(await runOpen(bench, system, rate, seconds)) });
      },
    })),
  );
}

export const curvePointName = (rate: number): string => `load curve, ${rate.toLocaleString('en-US')}/s`;
