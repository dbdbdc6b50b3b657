/** The report as tables of text: for the terminal, and, as Markdown, for the documentation. */
import type { ByProcess } from './processes.ts';
import { type Cell, type Judged, type Report, rateOf, type Spread, timesOf } from './report.ts';

/** A table: its title, the heads of its columns, and its rows. The first column is text, the others figures. */
export interface Table {
  title: string;
  heads: string[];
  rows: string[][];
}

/** Every table of a report that has something in it. */
export function tablesOf(report: Report): Table[] {
  return [
    throughput(report),
    limits(report),
    openModel(report),
    cpu(report),
    memory(report),
    history(report),
    goalTable(report.goals),
  ].filter(({ rows }) => rows.length > 0);
}

function throughput(report: Report): Table {
  const ratio = (cell: Cell, other: Spread | null) => (other ? `${timesOf(cell.rate, other).toFixed(2)} ×` : '');
  return {
    title: 'Requests per second: median (least–most)',
    heads: ['', 'system', 'per second', '× direct', '× row lock', '× pgbench', 'p50 ms', 'p99 ms'],
    rows: report.cells.map((cell) => {
      const own = cell.system === 'boxoffice';
      const over = (peer: 'direct' | 'row lock') =>
        own ? ratio(cell, rateOf(report, peer, { ...cell, mode: 'wait' })) : '';
      return [
        nameOf(cell),
        cell.system,
        spread(cell.rate),
        over('direct'),
        over('row lock'),
        own && cell.workload === 'hot' ? ratio(cell, report.pgbench?.single ?? null) : '',
        cell.latencyMs.p50.toFixed(1),
        cell.latencyMs.p99.toFixed(1),
      ];
    }),
  };
}

function limits({ pgbench, flood }: Report): Table {
  const rows = Object.entries(pgbench ?? {}).map(([script, rate]) => [
    `pgbench, ${script}: rows per second`,
    spread(rate),
  ]);
  if (flood) {
    rows.push(
      [`flood of ${flood.requests}: accepted per second`, spread(flood.acceptedPerSecond)],
      ['flood: seconds from the last acceptance to the last outcome', spread(flood.lagSeconds, 2)],
    );
  }
  return { title: 'The limit, and a flood', heads: ['', 'figure'], rows };
}

function openModel({ open }: Report): Table {
  return {
    title: 'Open model, hot, waiting: milliseconds from the intended send time',
    heads: ['', 'system', 'per second', 'p50', 'p99', 'p99.9', 'sender late p99'],
    rows: open.map(({ percentOfPeak, system, rate, latencyMs, p99Ms, senderLateMs }) => [
      `${percentOfPeak} % of its peak`,
      system,
      count(rate.median),
      latencyMs.p50.toFixed(1),
      spread(p99Ms, 1),
      latencyMs.p999.toFixed(1),
      senderLateMs.p99.toFixed(1),
    ]),
  };
}

function cpu({ cells }: Report): Table {
  const names = processesOf(cells);
  return {
    title: 'CPU per request, microseconds',
    heads: ['', 'system', ...names, 'all but load'],
    rows: cells.map((cell) => [
      nameOf(cell),
      cell.system,
      ...names.map((name) => microsOf(cell, name)),
      Object.entries(cell.cpuMicros)
        .reduce((sum, [name, micros]) => (name === 'load' ? sum : sum + micros), 0)
        .toFixed(0),
    ]),
  };
}

const processesOf = (cells: Cell[]): string[] => [...new Set(cells.flatMap(({ cpuMicros }) => Object.keys(cpuMicros)))];

const microsOf = ({ cpuMicros }: Cell, name: string): string => cpuMicros[name]?.toFixed(0) ?? '';

function memory({ memory: { start, end }, soak }: Report): Table {
  const megabytes = (bytes: ByProcess | undefined, name: string) =>
    bytes?.[name] === undefined ? '' : ((bytes[name] ?? 0) / 2 ** 20).toFixed(0);
  return {
    title: 'Memory, MiB',
    heads: ['', 'at the start', 'at the end', ...(soak ? ['soak, 1 min', `soak, ${soak.minutes} min`] : [])],
    rows: Object.keys(start).map((name) => [
      name,
      megabytes(start, name),
      megabytes(end, name),
      ...(soak ? [megabytes(soak.afterOneMinute, name), megabytes(soak.end, name)] : []),
    ]),
  };
}

function history({ history }: Report): Table {
  const rows = Object.values(history?.cells ?? {}).flatMap(({ without, with: other }) => [
    { cell: without, past: 'none', ratio: '' },
    {
      cell: other,
      past: count(history?.bookings ?? 0),
      ratio: `${timesOf(other.rate, without.rate).toFixed(2)} ×`,
    },
  ]);
  const names = processesOf(rows.map(({ cell }) => cell));
  return {
    title: 'Past bookings: requests per second, and CPU per request in microseconds',
    heads: ['', 'past bookings', 'per second', '× none', 'p50 ms', 'p99 ms', ...names],
    rows: rows.map(({ cell, past, ratio }) => [
      nameOf(cell),
      past,
      spread(cell.rate),
      ratio,
      cell.latencyMs.p50.toFixed(1),
      cell.latencyMs.p99.toFixed(1),
      ...names.map((name) => microsOf(cell, name)),
    ]),
  };
}

function goalTable(goals: Judged[]): Table {
  return {
    title: 'Goals, on two cores',
    heads: ['', 'goal', 'figure', ''],
    rows: goals
      .filter(({ figure }) => figure !== null)
      .map((goal) => {
        const bound = goal.atLeast ?? goal.atMost ?? 0;
        const figure = goal.figure ?? 0;
        const off = Math.abs(figure - bound) / bound;
        return [
          goal.text,
          `${goal.atLeast === undefined ? '≤' : '≥'} ${withUnit(bound, goal.unit)}`,
          withUnit(figure, goal.unit),
          goal.met
            ? 'met'
            : `${goal.atLeast === undefined ? 'over' : 'short'} by ${Math.max(1, Math.round(off * 100))} %`,
        ];
      }),
  };
}

const nameOf = ({ workload, mode, connections }: Cell): string =>
  `${workload}${workload === 'browse' ? '' : mode === 'wait' ? ', waiting' : ', 202 end to end'}, ${connections}`;

function withUnit(figure: number, unit: Judged['unit']): string {
  return `${unit === '/s' ? count(figure) : Number(figure.toFixed(2))} ${unit}`;
}

function spread({ median, min, max }: Spread, digits = 0): string {
  const text = (figure: number) => (digits === 0 ? count(figure) : figure.toFixed(digits));
  return min === max ? text(median) : `${text(median)} (${text(min)}–${text(max)})`;
}

const count = (figure: number): string => Math.round(figure).toLocaleString('en-US');

/** A table for the terminal. */
export function plainTable({ title, heads, rows }: Table, bold: (text: string) => string): string {
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [bold(title), line(heads), ...rows.map(line)].join('\n');
}

/** The same in Markdown. */
export function markdownTable({ title, heads, rows }: Table): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const rule = heads.map((_, i) => (i === 0 ? '---' : '---:'));
  return [`### ${title}`, '', line(heads), line(rule), ...rows.map(line)].join('\n');
}
