/** What a benchmark found, as it is written to the JSON file. */
import { type Goal, goals, type Measure } from './goals.ts';
import type { History } from './history.ts';
import type { Latencies } from './load/load.ts';
import type { OpenLoopResult } from './load/open-loop.ts';
import type { ByProcess } from './processes.ts';
import type { RunResult } from './run.ts';
import type { PgbenchScript } from './systems/pgbench.ts';
import type { Case, SystemName } from './workloads.ts';

/** A figure of several rounds. */
export interface Spread {
  median: number;
  min: number;
  max: number;
  /** Each round's, in their order. */
  rounds: number[];
}

/** One workload as asked of one system, over all rounds. */
export interface Cell extends Pick<Case, 'workload' | 'mode' | 'connections'> {
  system: SystemName;
  /** Per second. */
  rate: Spread;
  /** Medians of the closed loop's, in milliseconds. */
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
  /** Spread of what the goal is about. */
  p99Ms: Spread;
  senderLateMs: OpenLoopResult['senderLateMs'];
}

export interface Report {
  startedAt: string;
  conditions: Record<string, string>;
  rounds: number;
  /** Of each run, without its warm-up. */
  seconds: number;
  cells: Cell[];
  open: OpenCell[];
  flood: { requests: number; acceptedPerSecond: Spread; lagSeconds: Spread } | null;
  /** Rows per second; null where there is no pgbench. */
  pgbench: Partial<Record<PgbenchScript, Spread>> | null;
  /** Of Boxoffice's processes, in bytes, when ready and after everything. */
  memory: { start: ByProcess; end: ByProcess };
  /** Bytes, of Boxoffice's processes. */
  soak: { minutes: number; afterOneMinute: ByProcess; end: ByProcess } | null;
  history: History | null;
  goals: Judged[];
  /** What the checks found, a sentence each; empty when the database agrees with every answer. */
  problems: string[];
}

/** A goal and what came of it; null: this run did not measure it. */
export interface Judged extends Omit<Goal, 'measure'> {
  figure: number | null;
  met: boolean | null;
}

/** Median (of an even number: the lower one of the middle), least and greatest. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: sorted[Math.ceil(sorted.length / 2) - 1] ?? 0,
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
    rounds: [...values],
  };
}

/**
 * How many times another figure a figure is: the median of what it was in each round. What is measured in
 * one round meets the same machine; in another it may be slower.
 */
export function timesOf(own: Spread, other: Spread): number {
  return spreadOf(own.rounds.map((figure, round) => figure / (other.rounds[round] ?? other.median))).median;
}

/** Puts the rounds of a case on a system together. */
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

/** Puts the rounds of an open-model run together. */
export function openCellOf(
  system: SystemName,
  percentOfPeak: number,
  rounds: { rate: number; result: OpenLoopResult }[],
): OpenCell {
  const middle = (pick: (result: OpenLoopResult) => number) => spreadOf(rounds.map(({ result }) => pick(result)));
  return {
    system,
    percentOfPeak,
    rate: spreadOf(rounds.map(({ rate }) => rate)),
    latencyMs: medianLatencies(rounds.map(({ result }) => result.latencyMs)),
    p99Ms: middle(({ latencyMs }) => latencyMs.p99),
    senderLateMs: {
      p50: middle(({ senderLateMs }) => senderLateMs.p50).median,
      p99: middle(({ senderLateMs }) => senderLateMs.p99).median,
    },
  };
}

/** Holds every goal against the figures. */
export function judge(report: Omit<Report, 'goals'>): Judged[] {
  return goals.map(({ measure, ...goal }) => {
    const figure = figureOf(report, measure);
    const met = figure === null ? null : figure >= (goal.atLeast ?? 0) && figure <= (goal.atMost ?? Infinity);
    return { ...goal, figure, met };
  });
}

/** The rate of a system in a cell, or null when it was not measured. */
export function rateOf(
  { cells }: Pick<Report, 'cells'>,
  system: SystemName,
  cell: Pick<Cell, 'workload' | 'mode' | 'connections'>,
): Spread | null {
  return findCell(cells, system, cell)?.rate ?? null;
}

function findCell(cells: Cell[], system: SystemName, cell: Pick<Cell, 'workload' | 'mode' | 'connections'>) {
  return cells.find(
    ({ workload, mode, connections, ...one }) =>
      one.system === system && workload === cell.workload && mode === cell.mode && connections === cell.connections,
  );
}

function figureOf(report: Omit<Report, 'goals'>, measure: Measure): number | null {
  switch (measure.of) {
    case 'rate': {
      const cell = measure.cell as Cell;
      const own = rateOf(report, 'boxoffice', cell);
      if (!own || !measure.over) return own?.median ?? null;
      const other =
        measure.over === 'pgbench' ? report.pgbench?.single : rateOf(report, measure.over, { ...cell, mode: 'wait' });
      return other ? timesOf(own, other) : null;
    }
    case 'p50':
      return findCell(report.cells, 'boxoffice', measure.cell as Cell)?.latencyMs.p50 ?? null;
    case 'open p99':
      return (
        report.open.find(
          ({ system, percentOfPeak }) => system === 'boxoffice' && percentOfPeak === measure.percentOfPeak,
        )?.p99Ms.median ?? null
      );
    case 'flood lag':
      return report.flood?.lagSeconds.median ?? null;
    case 'soak growth': {
      const { afterOneMinute, end } = report.soak ?? {};
      const first = afterOneMinute?.[measure.process];
      const last = end?.[measure.process];
      return first && last ? last / first : null;
    }
    case 'history': {
      const cells = report.history?.cells[measure.workload];
      return cells ? timesOf(cells.with.rate, cells.without.rate) : null;
    }
  }
}

function medianLatencies(rounds: Latencies[]): Latencies {
  const middle = (name: keyof Latencies) => spreadOf(rounds.map((latencies) => latencies[name])).median;
  return { p50: middle('p50'), p99: middle('p99'), p999: middle('p999'), max: middle('max') };
}

function medianByProcess(rounds: ByProcess[]): ByProcess {
  return Object.fromEntries(
    Object.keys(rounds[0] ?? {}).map((name) => [name, spreadOf(rounds.map((round) => round[name] ?? 0)).median]),
  );
}
