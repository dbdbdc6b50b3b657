import type { PaymentStatus, PaymentView } from '@boxoffice/shared/contracts/payments';

/** A payment as PostgreSQL stores it; times as `timestamptz` in the driver's form. */
export interface PaymentRow {
  id: string;
  show_id: number;
  booking_id: string;
  user_id: number;
  provider: string;
  reference: string | null;
  intent: string | null;
  checkout_url: string | null;
  amount: number;
  currency: string;
  status: PaymentStatus;
  settlement: 'capture' | 'void' | null;
  authorized_amount: number | null;
  authorized_currency: string | null;
  refund_reason: string | null;
  refund_requested_by: number | null;
  refund_requested_at: Date | null;
  attention: string | null;
  next_step_at: Date | null;
  tries: number;
  /** Of the idempotency keys at the provider. */
  key_generation: number;
  created_at: Date;
  authorized_at: Date | null;
  captured_at: Date | null;
  refunded_at: Date | null;
  ended_at: Date | null;
}

const times = [
  ...(['created_at', 'authorized_at', 'captured_at', 'refunded_at', 'ended_at'] as const),
  ...(['next_step_at', 'refund_requested_at'] as const),
];

/** From what the driver returns: it reads neither bigint nor times. */
export function paymentRow(raw: Record<string, unknown>): PaymentRow {
  const row = { ...raw } as Record<string, unknown>;
  for (const name of ['amount', 'authorized_amount']) row[name] = row[name] === null ? null : Number(row[name]);
  for (const name of times) row[name] = row[name] === null ? null : new Date(row[name] as string);
  return row as unknown as PaymentRow;
}

/** The public form of a payment. */
export function paymentView(row: PaymentRow): PaymentView {
  return {
    id: row.id,
    booking_id: row.booking_id,
    status: row.status,
    provider: row.provider,
    amount: row.amount,
    currency: row.currency,
    checkout_url: row.status === 'pending' ? row.checkout_url : null,
    created_at: row.created_at.toISOString(),
  };
}
