import type { Mode, SystemName, WorkloadName } from './workloads.ts';

/** A workload at one number of connections, and the systems that run it. */
export interface Case {
  workload: Exclude<WorkloadName, 'flood' | 'open' | 'pgbench' | 'hold' | 'paid' | 'best' | 'expiry' | 'curve'>;
  mode: Mode;
  connections: number;
  systems: SystemName[];
}

type Line = [Case['workload'], Mode, connections: number[], SystemName[]];

const allSystems: SystemName[] = ['boxoffice', 'direct', 'row lock'];
const withoutRowLock: SystemName[] = ['boxoffice', 'direct'];
const boxofficeOnly: SystemName[] = ['boxoffice'];

const fullProgramme: Line[] = [
  ['hot', 'wait', [1, 64, 256], allSystems],
  ['hot', '202', [1, 64, 256], boxofficeOnly],
  ['spread', 'wait', [1, 64, 256], allSystems],
  ['spread', '202', [64, 256], boxofficeOnly],
  ['stampede', 'wait', [64, 256], allSystems],
  ['churn', 'wait', [64, 256], withoutRowLock],
  ['browse', 'wait', [64, 256], boxofficeOnly],
];

/** Fits into two minutes and still covers as many goals as possible. */
const quickProgramme: Line[] = [
  ['hot', 'wait', [1], boxofficeOnly],
  ['hot', 'wait', [64], withoutRowLock],
  ['hot', 'wait', [256], allSystems],
  ['hot', '202', [64, 256], boxofficeOnly],
  ['spread', 'wait', [64, 256], withoutRowLock],
  ['stampede', 'wait', [256], withoutRowLock],
  ['churn', 'wait', [64], boxofficeOnly],
  ['browse', 'wait', [64], boxofficeOnly],
];

/**
 * Selects the cases of a run.
 *
 * @param options.connections replaces the programme's numbers of connections
 */
export function selectCases(options: {
  quick: boolean;
  only: readonly WorkloadName[];
  connections: readonly number[] | null;
}): Case[] {
  const { quick, only, connections } = options;
  const lines = (quick ? quickProgramme : fullProgramme).filter(([workload]) => only.includes(workload));
  if (!connections) return lines.flatMap(([workload, mode, usual, systems]) => cases(workload, mode, usual, systems));
  // Lines of a workload that differ only in their connections become one.
  return lines
    .filter(([workload, mode], i) => lines.findIndex((line) => line[0] === workload && line[1] === mode) === i)
    .flatMap(([workload, mode]) =>
      cases(workload, mode, connections, workload === 'browse' || mode === '202' ? boxofficeOnly : allSystems),
    );
}

const cases = (workload: Case['workload'], mode: Mode, connections: readonly number[], systems: SystemName[]): Case[] =>
  connections.map((number) => ({ workload, mode, connections: number, systems }));
