import { styleText } from 'node:util';
import { countFaults, quantile, type Summary } from './summary.ts';

const head = ['fault', 'times', 'single', 'begun: median', 'p99', 'max', 'ended: median', 'p99', 'max'];
const legend =
  'From its beginning, and from its end, until every partition had decided a request sent afterwards; of single faults.';
const shares = [0.5, 0.99, 1];

/** Formats the final report: recovery times by kind of fault, totals and violations. */
export function table(summary: Summary): string {
  const broken = Object.entries(summary.violations).map(([rule, count]) => `${rule} ${count}`);
  const total = Object.values(summary.violations).reduce((sum, count) => sum + count, 0);
  return [
    columns([head, ...rowsOf(summary)]),
    legend,
    '',
    ...totals(summary),
    ...Object.entries(summary.skipped).map(([kind, why]) => styleText('yellow', `skipped ${kind}: ${why}`)),
    total === 0 ? styleText('green', '0 violations') : styleText('red', `${total} violations: ${broken.join(', ')}`),
  ].join('\n');
}

/** The same for docs/reliability.md. */
export function markdown(summary: Summary): string {
  const total = Object.values(summary.violations).reduce((sum, count) => sum + count, 0);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `${summary.seeds.length} ${summary.seeds.length === 1 ? 'run' : 'runs'} (seeds ${summary.seeds.join(', ')}): **${total} violations**.`,
    '',
    ...totals(summary).map((text) => `- ${text}`),
    '',
    line(head),
    line(head.map((_, column) => (column === 0 ? '---' : '--:'))),
    ...rowsOf(summary).map(line),
    '',
    legend,
  ].join('\n');
}

function rowsOf({ faults }: Summary): string[][] {
  return Object.entries(faults)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([kind, { times, single, afterBegin, afterEnd }]) => [
      ...[kind, String(times), String(single)],
      ...[afterBegin, afterEnd].flatMap((values) => shares.map((share) => milliseconds(quantile(values, share)))),
    ]);
}

function totals(summary: Summary): string[] {
  const { requests, answers, operations, decidedUnderFault, rounds, ranMs, worst, memoryMiB, faults, payments } =
    summary;
  const memory = Object.entries(memoryMiB).map(([name, mib]) => `${name} ${Math.round(mib)} MiB`);
  return [
    `${countFaults(summary)} faults · ${requests} requests (${answers} answered), ${operations} bookings and cancellations ` +
      `(${decidedUnderFault} decided under a fault) · ${rounds} rounds in ${(ranMs / 60_000).toFixed(1)} min`,
    `takeover after SIGKILL of a worker: ${times(faults['worker-kill']?.afterBegin)}`,
    `service after a restart: Redis ${times(faults['redis-kill']?.afterEnd)}; PostgreSQL ${times(faults['postgres-crash']?.afterEnd)}`,
    `longest without service ${milliseconds(worst.gapMs)} · latest refusal ${milliseconds(worst.refusalMs)} · latest answer without waiting ${milliseconds(worst.answerMs)}`,
    `memory at most: ${memory.join(', ')}`,
    `${payments} authorised payments${moneyOf(summary).join('')}`,
  ];
}

/** What the provider kept is what the seats that are booked cost: the rule `money` has checked it. */
function moneyOf({ money }: Summary): string[] {
  return Object.entries(money).map(([currency, { authorized, captured, voided, refunded }]) => {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
    const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
    const words = (amount: number) => format.format(amount / 10 ** digits).replace(/\s/g, ' ');
    return ` · ${words(authorized)}: ${words(voided)} voided, ${words(captured)} captured, of it ${words(refunded)} refunded and ${words(captured - refunded)} kept`;
  });
}

function times(values: readonly number[] = []): string {
  const [median, p99, max] = shares.map((share) => milliseconds(quantile(values, share)));
  return values.length === 0 ? 'not measured' : `median ${median}, p99 ${p99}, max ${max} (${values.length} times)`;
}

const milliseconds = (ms: number | null) =>
  ms === null ? '–' : ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;

function columns(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join('  ')).join('\n');
}
