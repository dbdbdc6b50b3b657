import { allButLoad } from '../runs/processes.ts';
import { cpuMicros, processNames } from './cost-tables.ts';
import type { CurveCell } from './curve-cells.ts';
import type { Report } from './report.ts';
import { formatCount, formatSpread, type Table } from './table.ts';

export function curveTable({ curve }: Pick<Report, 'curve'>): Table {
  return {
    title: 'Load curve, hot, waiting: milliseconds from the intended send time',
    headings: ['', 'system', 'answered in time', 'p50', 'p99', 'p99.9', 'sender lag p99', 'CPU µs per booking'],
    rows: curve.map((cell) => [
      `${formatCount(cell.rate)}/s`,
      cell.system,
      formatShare(cell.answered.median),
      ...latencies(cell),
      cell.senderLateP99Ms.toFixed(1),
      formatCount(allButLoad(cell.cpuMicros)),
    ]),
  };
}

export function curveCpuTable({ curve }: Pick<Report, 'curve'>): Table {
  const names = processNames(curve);
  return {
    title: 'Load curve: CPU per booking, microseconds',
    headings: ['', 'system', ...names],
    rows: curve.map((cell) => [
      `${formatCount(cell.rate)}/s`,
      cell.system,
      ...names.map((name) => cpuMicros(cell, name)),
    ]),
  };
}

/** The cells of the table that compares two systems, before and now. */
export function comparedCurveCells(before: CurveCell, now: CurveCell): string[] {
  const both = (text: (cell: CurveCell) => string) => `${text(before)} → ${text(now)}`;
  const latency = (name: 'p50' | 'p99' | 'p999') =>
    both(({ keepsUp, latencyMs }) => (keepsUp ? latencyMs[name].toFixed(1) : '–'));
  return [
    both(({ answered }) => formatShare(answered.median)),
    latency('p50'),
    latency('p99'),
    latency('p999'),
    both(({ cpuMicros }) => formatCount(allButLoad(cpuMicros))),
  ];
}

function latencies({ keepsUp, latencyMs, p99Ms }: CurveCell): string[] {
  if (!keepsUp) return ['', 'cannot keep up', ''];
  return [latencyMs.p50.toFixed(1), formatSpread(p99Ms, 1), latencyMs.p999.toFixed(1)];
}

/** Rounds down, so that only a system that has answered everything gets 100 %. */
const formatShare = (share: number): string => `${Math.floor(share * 1_000) / 10} %`;
