import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { PaymentChanges } from './payment-changes.ts';
import type { PaymentCorrections } from './payment-corrections.ts';
import type { PaymentRow } from './payment-row.ts';
import type { Settler } from './settler.ts';
import type { StoredPayments } from './stored-payments.ts';

interface Dependencies {
  stored: Pick<StoredPayments, 'find'>;
  changes: Pick<PaymentChanges, 'addHistory'>;
  corrections: Pick<PaymentCorrections, 'requestRefund'>;
  settler: Pick<Settler, 'settle'>;
}

/**
 * Records that an administrator gives the money back, with the reason. What follows (cancelling the booking, the call to
 * the provider) is taken up immediately, and again by reconciliation until it is done.
 *
 * @throws {ProblemError} payment_not_found, nothing_to_refund
 */
export async function refundPayment(
  { stored, changes, corrections, settler }: Dependencies,
  { id, reason, ...author }: { id: string; reason: string; actorId: number; requestId: string },
): Promise<PaymentRow> {
  const before = await stored.find(id);
  if (!before) throw new ProblemError('payment_not_found');
  const { provider, refund_requested_at: requestedAt } = before;
  if (before.status === 'refunded' || requestedAt) return before;
  const requested = await corrections.requestRefund(id, { ...author, reason });
  if (!requested) throw new ProblemError('nothing_to_refund', `The payment is ${before.status}.`);
  const data = { by: author.actorId };
  await changes.addHistory({ paymentId: id, provider, source: 'administrator', kind: 'refund', outcome: reason, data });
  settler.settle(id).catch(() => undefined); // reconciliation goes on with it
  return requested;
}
