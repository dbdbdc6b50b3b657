import type { Cell } from './cells.ts';
import { cpuTable, historyTable, memoryTable } from './cost-tables.ts';
import { curveCpuTable, curveTable } from './curve-tables.ts';
import type { GoalResult } from './goal-results.ts';
import { findCell } from './measurements.ts';
import type { Report } from './report.ts';
import { bestTable, expiryTable, holdTable } from './sale-tables.ts';
import { ratioOf, type Spread } from './spread.ts';
import { cellName, formatCount, formatSpread, type Table } from './table.ts';

/** All tables of a report that are not empty. */
export function tablesOf(report: Report): Table[] {
  return [
    throughputTable(report),
    limitTable(report),
    openModelTable(report),
    curveTable(report),
    curveCpuTable(report),
    holdTable(report),
    bestTable(report),
    expiryTable(report),
    cpuTable(report),
    memoryTable(report),
    historyTable(report),
    goalTable(report),
  ].filter(({ rows }) => rows.length > 0);
}

function throughputTable({ cells, pgbench }: Report): Table {
  const ratio = (cell: Cell, other: Spread | undefined) => (other ? `${ratioOf(cell.rate, other).toFixed(2)} ×` : '');
  const ratioToPeer = (cell: Cell, peer: 'direct' | 'row lock') =>
    ratio(cell, findCell(cells, peer, { ...cell, mode: 'wait' })?.rate);
  return {
    title: 'Requests per second: median (min–max)',
    headings: ['', 'system', 'per second', '× direct', '× row lock', '× pgbench', 'p50 ms', 'p99 ms'],
    rows: cells.map((cell) => {
      const isBoxoffice = cell.system === 'boxoffice';
      return [
        cellName(cell),
        cell.system,
        formatSpread(cell.rate),
        isBoxoffice ? ratioToPeer(cell, 'direct') : '',
        isBoxoffice ? ratioToPeer(cell, 'row lock') : '',
        isBoxoffice && cell.workload === 'hot' ? ratio(cell, pgbench?.single) : '',
        cell.latencyMs.p50.toFixed(1),
        cell.latencyMs.p99.toFixed(1),
      ];
    }),
  };
}

function limitTable({ pgbench, flood }: Report): Table {
  const rows = Object.entries(pgbench ?? {}).map(([script, rate]) => [
    `pgbench, ${script}: rows per second`,
    formatSpread(rate),
  ]);
  if (flood) {
    rows.push(
      [`flood of ${formatCount(flood.requests)} requests: accepted per second`, formatSpread(flood.acceptedPerSecond)],
      ['flood: seconds from the last acceptance to the last outcome', formatSpread(flood.lagSeconds, 2)],
    );
  }
  return { title: "PostgreSQL's limit, and a flood", headings: ['', 'figure'], rows };
}

function openModelTable({ open }: Report): Table {
  return {
    title: 'Open model, hot, waiting: milliseconds from the intended send time',
    headings: ['', 'system', 'per second', 'p50', 'p99', 'p99.9', 'sender lag p99'],
    rows: open.map(({ percentOfPeak, system, rate, latencyMs, p99Ms, senderLateMs }) => [
      `${percentOfPeak} % of own peak`,
      system,
      formatCount(rate.median),
      latencyMs.p50.toFixed(1),
      formatSpread(p99Ms, 1),
      latencyMs.p999.toFixed(1),
      senderLateMs.p99.toFixed(1),
    ]),
  };
}

export function goalTable({ goals }: Report): Table {
  return {
    title: 'Goals, on two cores',
    headings: ['', 'goal', 'figure', ''],
    rows: goals.flatMap((goal) => (goal.figure === null ? [] : [goalRow(goal, goal.figure)])),
  };
}

function goalRow({ text, atLeast, atMost, unit, met, overloaded }: GoalResult, figure: number): string[] {
  const bound = atLeast ?? atMost ?? 0;
  const goal = `${atLeast === undefined ? '≤' : '≥'} ${withUnit(bound, unit)}`;
  if (overloaded) return [text, goal, '', 'cannot keep up'];
  const missedByPercent = Math.max(1, Math.round((Math.abs(figure - bound) / bound) * 100));
  return [
    text,
    goal,
    withUnit(figure, unit),
    met ? 'met' : `${atLeast === undefined ? 'over' : 'short'} by ${missedByPercent} %`,
  ];
}

function withUnit(figure: number, unit: GoalResult['unit']): string {
  return `${unit === '/s' ? formatCount(figure) : Number(figure.toFixed(2))} ${unit}`;
}
