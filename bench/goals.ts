/** The figures Boxoffice must reach on two cores. Ratios are medians within one run. */
import type { Mode, SystemName, WorkloadName } from './workloads/workloads.ts';

/** Identifies a median of the report. */
interface CellName {
  workload: WorkloadName;
  mode: Mode;
  connections: number;
}

export type Measure =
  /** Boxoffice's rate per second, or its ratio to another system's rate in the same cell, waiting. */
  | { of: 'rate'; cell: CellName; over?: Exclude<SystemName, 'boxoffice'> | 'pgbench' }
  /** In milliseconds, closed loop. */
  | { of: 'p50'; cell: CellName }
  /** All processes but the load generator, in microseconds per booking. */
  | { of: 'CPU'; cell: CellName }
  /** In milliseconds, from the intended send time: the highest at any rate up to this one, which must have been measured. */
  | { of: 'curve'; percentile: 'p50' | 'p99'; upTo: number }
  /** In milliseconds, from the intended send time. */
  | { of: 'open p99'; percentOfPeak: number }
  /** Seconds from the last acceptance to the last outcome. */
  | { of: 'flood lag' }
  /** Memory at the end over memory after one minute. */
  | { of: 'soak growth'; process: 'gateway' | 'worker' | 'redis' }
  /** Rate with past bookings in the table over the rate without. */
  | { of: 'history'; workload: 'hot' | 'browse' };

export interface Goal {
  text: string;
  measure: Measure;
  atLeast?: number;
  atMost?: number;
  unit: '×' | 's' | 'ms' | 'µs' | '/s';
}

const cell = (workload: WorkloadName, mode: Mode, connections: number): CellName => ({ workload, mode, connections });
const hot = (mode: Mode, connections: number) => cell('hot', mode, connections);

export const goals: Goal[] = [
  ratioGoal('hot, waiting, 256 connections, × direct', hot('wait', 256), 'direct', 2.2),
  ratioGoal('hot, waiting, 256 connections, × row lock', hot('wait', 256), 'row lock', 20),
  ratioGoal('hot, waiting, 64 connections, × direct', hot('wait', 64), 'direct', 0.9),
  ratioGoal('hot, 202 end to end, 64 connections, × direct', hot('202', 64), 'direct', 1.4),
  ratioGoal('hot, 202 end to end, 256 connections, × direct', hot('202', 256), 'direct', 2.5),
  ratioGoal('hot, 202 end to end, 256 connections, × pgbench', hot('202', 256), 'pgbench', 1),
  ratioGoal('spread over 50 shows, waiting, 64 connections, × direct', cell('spread', 'wait', 64), 'direct', 1),
  ratioGoal('spread over 50 shows, waiting, 256 connections, × direct', cell('spread', 'wait', 256), 'direct', 1.8),
  ratioGoal('churn, 64 connections, × direct', cell('churn', 'wait', 64), 'direct', 1),
  ratioGoal('churn, 256 connections, × direct', cell('churn', 'wait', 256), 'direct', 1.4),
  ratioGoal('stampede, 64 connections, × direct', cell('stampede', 'wait', 64), 'direct', 2),
  ratioGoal('stampede, 256 connections, × direct', cell('stampede', 'wait', 256), 'direct', 2),
  cpuGoal(64, 150),
  cpuGoal(256, 120),
  curveGoal('p50', 2_000, 4),
  curveGoal('p99', 3_000, 12),
  curveGoal('p99', 4_000, 20),
  curveGoal('p99', 8_000, 60),
  { text: 'flood of 50,000: last acceptance to last outcome', measure: { of: 'flood lag' }, atMost: 3, unit: 's' },
  { text: 'single client, waiting: p50', measure: { of: 'p50', cell: hot('wait', 1) }, atMost: 4, unit: 'ms' },
  {
    text: 'open model at 50 % of peak, waiting: p99',
    measure: { of: 'open p99', percentOfPeak: 50 },
    atMost: 30,
    unit: 'ms',
  },
  {
    text: 'browse, 64 connections',
    measure: { of: 'rate', cell: cell('browse', 'wait', 64) },
    atLeast: 5_000,
    unit: '/s',
  },
  ...(['gateway', 'worker', 'redis'] as const).map(
    (process): Goal => ({
      text: `memory of ${process} after the soak, × after one minute`,
      measure: { of: 'soak growth', process },
      atMost: 1.1,
      unit: '×',
    }),
  ),
  ...(['hot', 'browse'] as const).map(
    (workload): Goal => ({
      text: `${workload} with past bookings in the table, × without`,
      measure: { of: 'history', workload },
      atLeast: 0.9,
      unit: '×',
    }),
  ),
];

function ratioGoal(text: string, of: CellName, over: 'direct' | 'row lock' | 'pgbench', atLeast: number): Goal {
  return { text, measure: { of: 'rate', cell: of, over }, atLeast, unit: '×' };
}

function cpuGoal(connections: number, atMost: number): Goal {
  const text = `hot, waiting, ${connections} connections: CPU per booking`;
  return { text, measure: { of: 'CPU', cell: hot('wait', connections) }, atMost, unit: 'µs' };
}

function curveGoal(percentile: 'p50' | 'p99', upTo: number, atMost: number): Goal {
  const text = `load curve up to ${upTo.toLocaleString('en-US')}/s: ${percentile}`;
  return { text, measure: { of: 'curve', percentile, upTo }, atMost, unit: 'ms' };
}
