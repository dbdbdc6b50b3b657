import type { AdminPaymentView } from '@boxoffice/shared/contracts/payments';
import type { Users } from '../identity/index.ts';
import type { PaymentRow } from '../payments/index.ts';

/** Payments with their users, in the same order. */
export async function viewPayments(
  users: Pick<Users, 'findNames'>,
  rows: readonly PaymentRow[],
): Promise<AdminPaymentView[]> {
  const names = await users.findNames(rows.map((row) => row.user_id));
  const text = (time: Date | null) => time?.toISOString() ?? null;
  return rows.map((row) => {
    const username = names.get(row.user_id);
    return {
      ...{ id: row.id, booking_id: row.booking_id, show_id: row.show_id, status: row.status, provider: row.provider },
      ...{ amount: row.amount, currency: row.currency, reference: row.reference, intent: row.intent },
      ...{ attention: row.attention, tries: row.tries, refund_reason: row.refund_reason },
      user: username === undefined ? null : { id: row.user_id, username },
      created_at: row.created_at.toISOString(),
      ...{ next_step_at: text(row.next_step_at), authorized_at: text(row.authorized_at) },
      ...{ captured_at: text(row.captured_at), refunded_at: text(row.refunded_at), ended_at: text(row.ended_at) },
    };
  });
}
