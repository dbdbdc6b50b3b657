import type { LatenciesMs } from './latencies.ts';
import type { RushReport } from './rush.ts';
import type { Verdict } from './verdict.ts';

type Paint = (style: 'bold' | 'green' | 'red' | 'dim', text: string) => string;

const labels: Record<keyof Verdict, string> = {
  soldTwice: 'seats sold twice',
  soldBeyondCapacity: 'seats sold beyond capacity',
  acceptedUnanswered: 'accepted but unanswered',
  bookedWithoutRow: 'booked responses without a row',
  rowsWithoutAnswer: 'rows without a response',
  refusedWithoutReason: 'refused a seat that nobody had',
  holdsNotEnded: 'holds that did not end',
  faults: 'faults',
};

/** Formats a report for the terminal. */
export function reportText(report: RushReport, paint: Paint): string {
  const { outcomes, latencyMs, verdict } = report;
  const row = (name: string, text: string) => `  ${name.padEnd(36)}${text}`;
  return [
    '',
    paint('bold', `${report.buyers} buyers, show ${report.show}, seed ${report.seed}`),
    row('free seats that were wanted', count(report.seatsWanted)),
    ...Object.entries(outcomes)
      .toSorted(([a], [b]) => Number(b === 'booked') - Number(a === 'booked') || a.localeCompare(b))
      .map(([kind, number]) => row(kind, count(number))),
    ...(report.retries > 0 ? [row('retries (429, 503, no response)', count(report.retries))] : []),
    '',
    `${paint('bold', 'Latency, ms'.padEnd(36))}${['p50', 'p95', 'p99', 'max'].map((name) => name.padStart(9)).join('')}`,
    ...latencyRow('  to the outcome', latencyMs.all),
    ...latencyRow('    with Prefer: wait', latencyMs.waited),
    ...latencyRow('    202, then polling every second', latencyMs.polled),
    ...latencyRow('  to the 202', latencyMs.accepted),
    '',
    row('duration', `${(report.durationMs / 1_000).toFixed(2)} s`.padStart(9)),
    row('outcomes per second', count(Math.round(report.outcomesPerSecond))),
    row('bookings per second', count(Math.round(report.bookingsPerSecond))),
    '',
    paint('bold', 'Verdict of the database'),
    ...Object.entries(labels).map(([name, label]) => {
      const number = verdict[name as keyof Verdict];
      return row(label, paint(number === 0 ? 'green' : 'red', count(number)));
    }),
    '',
    report.clean
      ? paint('green', '✓ Clean: every seat sold once, every request answered.')
      : paint('red', '✗ Not clean.'),
  ].join('\n');
}

const count = (number: number) => String(number).padStart(6);

function latencyRow(name: string, times: LatenciesMs | null): string[] {
  if (!times) return [];
  const figures = [times.p50, times.p95, times.p99, times.max];
  return [name.padEnd(36) + figures.map((time) => time.toFixed(1).padStart(9)).join('')];
}
