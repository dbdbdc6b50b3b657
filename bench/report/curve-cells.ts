import type { Latencies } from '../load/load.ts';
import type { CurveRun } from '../runs/curve.ts';
import type { ByProcess } from '../runs/processes.ts';
import type { SystemName } from '../workloads/workloads.ts';
import { medianByProcess, medianLatencies } from './cells.ts';
import { type Spread, spreadOf } from './spread.ts';

/** One system at one rate, over all rounds. */
export interface CurveCell {
  system: SystemName;
  /** Offered requests per second. */
  rate: number;
  /** Share of the requests due with a 2xx response by the end of the run. */
  answered: Spread;
  /** If not, the latencies only reflect how long the run was. */
  keepsUp: boolean;
  /** Medians, in milliseconds, from the intended send time. */
  latencyMs: Latencies;
  p99Ms: Spread;
  /** Median, in milliseconds. */
  senderLateP99Ms: number;
  /** CPU time per booking by process, medians, in microseconds. */
  cpuMicros: ByProcess;
}

/** Below this share of requests answered in time, requests pile up. */
const keepsUpShare = 0.98;

/** Combines the rounds of one system at one rate. */
export function curveCellOf(runs: readonly Omit<CurveRun, 'problems'>[]): CurveCell {
  const spread = (pick: (run: Omit<CurveRun, 'problems'>) => number) => spreadOf(runs.map(pick));
  const answered = spread(({ result }) => result.inTime / Math.max(result.sent, 1));
  return {
    system: runs[0]?.system ?? 'boxoffice',
    rate: runs[0]?.rate ?? 0,
    answered,
    keepsUp: answered.median >= keepsUpShare,
    latencyMs: medianLatencies(runs.map(({ result }) => result.latencyMs)),
    p99Ms: spread(({ result }) => result.latencyMs.p99),
    senderLateP99Ms: spread(({ result }) => result.senderLateMs.p99).median,
    cpuMicros: medianByProcess(runs.map(({ cpuMicros }) => cpuMicros)),
  };
}
