import { styleText } from 'node:util';
import type { CampaignResult } from '../campaign.ts';
import type { FaultEntry } from '../faults/fault-log.ts';

/** Formats the final report: recovery times by kind of fault, totals and violations. */
export function table(result: CampaignResult): string {
  const { log, requests, operations, violations, rounds, ranMs, worst, memory, skipped } = result;
  const kinds = [...new Set(log.entries.map(({ kind }) => kind))].sort();
  const head = ['fault', 'times', 'single', 'begun: median', 'p99', 'max', 'ended: median', 'p99', 'max'];
  const body = kinds.map((kind) => {
    const entries = log.entries.filter((entry) => entry.kind === kind);
    const single = entries.filter((entry) => entry.single);
    const times = (of: (entry: FaultEntry) => (number | null)[]) => {
      const known = single.map((entry) => slowest(of(entry))).filter((ms) => ms !== null);
      return [0.5, 0.99, 1].map((share) => milliseconds(quantile(known, share)));
    };
    return [
      kind,
      String(entries.length),
      String(single.length),
      ...times((entry) => entry.serviceAfterBegin),
      ...times((entry) => entry.serviceAfterEnd),
    ];
  });
  const rules = new Map<string, number>();
  for (const { rule } of violations) rules.set(rule, (rules.get(rule) ?? 0) + 1);
  return [
    columns([head, ...body]),
    'From its beginning, and from its end, until every partition had decided a request sent afterwards; of single faults.',
    '',
    `${log.entries.length} faults · ${requests} requests, ${operations} of them bookings and cancellations · ${rounds} rounds in ${(ranMs / 60_000).toFixed(1)} min`,
    `longest without service ${milliseconds(log.worstGapMs)} · latest refusal ${milliseconds(worst.refusalMs)} · latest answer without waiting ${milliseconds(worst.answerMs)}`,
    `memory at most: ${[...memory].map(([name, mib]) => `${name} ${Math.round(mib)} MiB`).join(', ')}`,
    ...[...skipped].map(([kind, why]) => styleText('yellow', `skipped ${kind}: ${why}`)),
    violations.length === 0
      ? styleText('green', '0 violations')
      : styleText(
          'red',
          `${violations.length} violations: ${[...rules].map(([rule, count]) => `${rule} ${count}`).join(', ')}`,
        ),
  ].join('\n');
}

/** When the last partition had recovered; null when that is unknown for one of them. */
function slowest(partitions: readonly (number | null)[]): number | null {
  return partitions.includes(null) ? null : Math.max(...(partitions as number[]));
}

function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? null;
}

const milliseconds = (ms: number | null) =>
  ms === null ? '–' : ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;

function columns(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join('  ')).join('\n');
}
