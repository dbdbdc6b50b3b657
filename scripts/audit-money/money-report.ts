import type { CurrencySums, MoneyAudit } from './audit-money.ts';

const columns: [title: string, of: (sums: CurrencySums) => string | number][] = [
  ['', ({ currency }) => currency],
  ['captured', ({ captured }) => captured],
  ['- refunded', ({ refunded }) => refunded],
  ['= kept', ({ captured, refunded }) => captured - refunded],
  ['booked', ({ booked }) => booked],
  ['- to capture', ({ to_capture }) => to_capture],
  ['+ to refund', ({ to_refund }) => to_refund],
  ['= owed', ({ booked, to_capture, to_refund }) => booked - to_capture + to_refund],
];

/** A table of the sums by currency, the violations, and a verdict in the last line. */
export function moneyReport({ violations, currencies }: MoneyAudit): string {
  const found = violations.map(
    ({ rule, payment, booking }) =>
      `VIOLATION: ${rule}${payment ? ` (payment ${payment})` : ''}${booking ? ` (booking ${booking})` : ''}`,
  );
  const verdict =
    violations.length === 0
      ? 'No violations: nobody is charged for a seat they did not get, and the sums agree.'
      : `${violations.length} ${violations.length === 1 ? 'violation' : 'violations'}.`;
  return [...table(currencies), ...found, verdict].join('\n');
}

function table(currencies: readonly CurrencySums[]): string[] {
  if (currencies.length === 0) return ['There are no online payments yet.'];
  const lines = [
    columns.map(([title]) => title),
    ...currencies.map((sums) => columns.map(([, of]) => of(sums).toLocaleString('en'))),
  ];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const padded = lines.map((line) => line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '));
  return ['In minor units of each currency:', ...padded];
}
