import type { Violation } from './history.ts';
import type { MoneyHistory, PaymentRow, PaymentSighting } from './money-history.ts';

/** How far a payment has come: it never goes back. `failed` and `voided` are ends. */
const stages: Record<string, number> = { pending: 0, authorized: 1, captured: 2, refunded: 3, failed: 4, voided: 4 };

/** What a payment can be in the end, whose buyer was told this. */
const ends: Record<string, readonly PaymentRow['status'][]> = {
  pending: ['pending', 'authorized', 'captured', 'refunded', 'failed', 'voided'],
  authorized: ['captured', 'refunded', 'voided'],
  captured: ['captured', 'refunded'],
  refunded: ['refunded'],
  failed: ['failed'],
  voided: ['voided'],
};

/** Every answer about a payment agrees with its row, and with the answers before it. */
export function checkTold({ payments, told }: Pick<MoneyHistory, 'payments' | 'told'>): Violation[] {
  const rows = new Map(payments.map((row) => [row.id, row]));
  return [...Map.groupBy(told, ({ id }) => id)].flatMap(([id, sightings]) => {
    const row = rows.get(id);
    const text = row
      ? (disagreement(row, sightings) ?? regression(sightings))
      : 'was told to a client, and is not there';
    return text === null ? [] : [{ rule: 'money', text: `payment ${id} ${text}` }];
  });
}

function disagreement(row: PaymentRow, sightings: readonly PaymentSighting[]): string | null {
  for (const { user, booking, amount, currency, status } of sightings) {
    if (user !== row.user) return `of user ${row.user} was shown to user ${user}`;
    if (booking !== row.booking || amount !== row.amount || currency !== row.currency)
      return `was told as ${amount} ${currency} for ${booking}, and is ${row.amount} ${row.currency} for ${row.booking}`;
    if (!ends[status]?.includes(row.status)) return `was told as ${status}, and is ${row.status}`;
  }
  return null;
}

/** A later question is not answered with an earlier state. */
function regression(sightings: readonly PaymentSighting[]): string | null {
  for (const later of sightings) {
    const ahead = sightings.find(({ told, status }) => told < later.asked && stageOf(status) > stageOf(later.status));
    if (ahead) return `was told as ${ahead.status}, and later as ${later.status}`;
  }
  return null;
}

const stageOf = (status: string) => stages[status] ?? 0;
