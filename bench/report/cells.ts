/** Medians over the rounds of one workload on one system. */
import type { Latencies } from '../load/load.ts';
import type { OpenLoopResult } from '../load/open-loop.ts';
import type { ByProcess } from '../runs/processes.ts';
import type { RunResult } from '../runs/run-case.ts';
import type { Case } from '../workloads/cases.ts';
import type { SystemName } from '../workloads/workloads.ts';
import { type Spread, spreadOf } from './spread.ts';

/** One workload on one system, over all rounds. */
export interface Cell extends Pick<Case, 'workload' | 'mode' | 'connections'> {
  system: SystemName;
  /** Per second. */
  rate: Spread;
  /** Medians in milliseconds, closed loop. */
  latencyMs: Latencies;
  /** Medians, in microseconds per request. */
  cpuMicros: ByProcess;
}

export interface OpenCell {
  system: SystemName;
  percentOfPeak: number;
  /** Requests per second. */
  rate: Spread;
  /** Medians, in milliseconds, from the intended send time. */
  latencyMs: Latencies;
  /** The p99 again, with its spread, because a goal is about it. */
  p99Ms: Spread;
  senderLateMs: OpenLoopResult['senderLateMs'];
}

/** Combines the rounds of a case on one system. */
export function cellOf({ workload, mode, connections }: Case, system: SystemName, rounds: RunResult[]): Cell {
  return {
    workload,
    mode,
    connections,
    system,
    rate: spreadOf(rounds.map(({ rate }) => rate)),
    latencyMs: medianLatencies(rounds.map(({ latencyMs }) => latencyMs)),
    cpuMicros: medianByProcess(rounds.map(({ cpuMicros }) => cpuMicros)),
  };
}

/** Combines the rounds of an open-model run. */
export function openCellOf(
  system: SystemName,
  percentOfPeak: number,
  rounds: { rate: number; result: OpenLoopResult }[],
): OpenCell {
  const spread = (pick: (result: OpenLoopResult) => number) => spreadOf(rounds.map(({ result }) => pick(result)));
  return {
    system,
    percentOfPeak,
    rate: spreadOf(rounds.map(({ rate }) => rate)),
    latencyMs: medianLatencies(rounds.map(({ result }) => result.latencyMs)),
    p99Ms: spread(({ latencyMs }) => latencyMs.p99),
    senderLateMs: {
      p50: spread(({ senderLateMs }) => senderLateMs.p50).median,
      p99: spread(({ senderLateMs }) => senderLateMs.p99).median,
    },
  };
}

export function medianLatencies(rounds: Latencies[]): Latencies {
  const median = (name: keyof Latencies) => spreadOf(rounds.map((latencies) => latencies[name])).median;
  return { p50: median('p50'), p99: median('p99'), p999: median('p999'), max: median('max') };
}

/** The median of each process. */
export function medianByProcess(rounds: ByProcess[]): ByProcess {
  return Object.fromEntries(
    Object.keys(rounds[0] ?? {}).map((name) => [name, spreadOf(rounds.map((round) => round[name] ?? 0)).median]),
  );
}
