import type { LatenciesMs } from './latencies.ts';
import type { RushReport } from './rush.ts';
import type { Verdict } from './verdict.ts';

type Paint = (style: 'bold' | 'green' | 'red' | 'dim', text: string) => string;

const sentences: Record<keyof Verdict, string> = {
  soldTwice: 'seats sold twice',
  soldBeyondCapacity: 'seats sold beyond those there are',
  acceptedUnanswered: 'accepted but unanswered',
  bookedWithoutRow: 'booked responses without a row',
  rowsWithoutAnswer: 'rows without a booked response',
  refusedWithoutReason: 'refused for a seat nobody had',
  faults: 'faults',
};

/** What a person at the terminal reads of a rush. */
export function reportText(report: RushReport, paint: Paint): string {
  const { outcomes, latencyMs, verdict } = report;
  const row = (name: string, text: string) => `  ${name.padEnd(36)}${text}`;
  return [
    '',
    paint('bold', `${report.buyers} buyers, show ${report.show}, seed ${report.seed}`),
    row('free seats that somebody wanted', count(report.seatsWanted)),
    ...Object.entries(outcomes)
      .toSorted(([a], [b]) => Number(b === 'booked') - Number(a === 'booked') || a.localeCompare(b))
      .map(([kind, number]) => row(kind, count(number))),
    ...(report.retries > 0 ? [row('tried again (429, 503, no answer)', count(report.retries))] : []),
    '',
    `${paint('bold', 'Latency, ms'.padEnd(36))}${['p50', 'p95', 'p99', 'max'].map((name) => name.padStart(9)).join('')}`,
    ...latencyRow('  until the outcome', latencyMs.all),
    ...latencyRow('    with Prefer: wait', latencyMs.waited),
    ...latencyRow('    202 and polling every second', latencyMs.polled),
    ...latencyRow('  until the 202', latencyMs.accepted),
    '',
    row('from the first request to the end', `${(report.durationMs / 1_000).toFixed(2)} s`.padStart(9)),
    row('outcomes per second', count(Math.round(report.outcomesPerSecond))),
    row('bookings per second', count(Math.round(report.bookingsPerSecond))),
    '',
    paint('bold', 'The database says'),
    ...Object.entries(sentences).map(([name, sentence]) => {
      const number = verdict[name as keyof Verdict];
      return row(sentence, paint(number === 0 ? 'green' : 'red', count(number)));
    }),
    '',
    report.clean ? paint('green', '✓ Clean: every seat sold once, everyone answered.') : paint('red', '✗ Not clean.'),
  ].join('\n');
}

const count = (number: number) => String(number).padStart(6);

function latencyRow(name: string, times: LatenciesMs | null): string[] {
  if (!times) return [];
  const figures = [times.p50, times.p95, times.p99, times.max];
  return [name.padEnd(36) + figures.map((time) => time.toFixed(1).padStart(9)).join('')];
}
