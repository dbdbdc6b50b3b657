import { allButLoad, type ByProcess } from '../runs/processes.ts';
import type { Cell } from './cells.ts';
import type { Report } from './report.ts';
import { ratioOf } from './spread.ts';
import { cellName, formatCount, formatSpread, type Table } from './table.ts';

export function cpuTable({ cells }: Report): Table {
  const names = processNames(cells);
  return {
    title: 'CPU per request, microseconds',
    headings: ['', 'system', ...names, 'all but load'],
    rows: cells.map((cell) => [
      cellName(cell),
      cell.system,
      ...names.map((name) => cpuMicros(cell, name)),
      allButLoad(cell.cpuMicros).toFixed(0),
    ]),
  };
}

export function memoryTable({ memory: { start, end }, soak }: Report): Table {
  const megabytes = (bytes: ByProcess, name: string) =>
    bytes[name] === undefined ? '' : (bytes[name] / 2 ** 20).toFixed(0);
  return {
    title: 'Memory, MiB',
    headings: ['', 'start', 'end', ...(soak ? ['soak, 1 min', `soak, ${soak.minutes} min`] : [])],
    rows: Object.keys(start).map((name) => [
      name,
      megabytes(start, name),
      megabytes(end, name),
      ...(soak ? [megabytes(soak.afterOneMinute, name), megabytes(soak.end, name)] : []),
    ]),
  };
}

export function historyTable({ history }: Report): Table {
  const bookings = formatCount(history?.bookings ?? 0);
  const rows = Object.values(history?.cells ?? {}).flatMap(({ without, with: other }) => [
    { cell: without, bookings: 'none', ratio: '' },
    { cell: other, bookings, ratio: `${ratioOf(other.rate, without.rate).toFixed(2)} ×` },
  ]);
  const names = processNames(rows.map(({ cell }) => cell));
  return {
    title: 'Past bookings: requests per second, and CPU per request in microseconds',
    headings: ['', 'past bookings', 'per second', '× none', 'p50 ms', 'p99 ms', ...names],
    rows: rows.map(({ cell, bookings, ratio }) => [
      cellName(cell),
      bookings,
      formatSpread(cell.rate),
      ratio,
      cell.latencyMs.p50.toFixed(1),
      cell.latencyMs.p99.toFixed(1),
      ...names.map((name) => cpuMicros(cell, name)),
    ]),
  };
}

/** The names of all processes that have used CPU time. */
export const processNames = (cells: Pick<Cell, 'cpuMicros'>[]): string[] => [
  ...new Set(cells.flatMap(({ cpuMicros }) => Object.keys(cpuMicros))),
];

/** The text of a cell of a table. */
export const cpuMicros = (cell: Pick<Cell, 'cpuMicros'>, process: string): string =>
  cell.cpuMicros[process]?.toFixed(0) ?? '';
