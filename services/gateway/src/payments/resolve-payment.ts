import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { PaymentChanges } from './payment-changes.ts';
import type { PaymentCorrections } from './payment-corrections.ts';
import type { PaymentRow } from './payment-row.ts';
import type { StoredPayments } from './stored-payments.ts';

interface Dependencies {
  stored: Pick<StoredPayments, 'find'>;
  changes: Pick<PaymentChanges, 'addHistory'>;
  corrections: Pick<PaymentCorrections, 'resolve'>;
}

/**
 * Records that an administrator has seen to what a payment needed attention for. Nothing else changes: if the cause is
 * still there when the payment is worked on again, it needs attention again.
 *
 * @throws {ProblemError} payment_not_found
 */
export async function resolvePayment(
  { stored, changes, corrections }: Dependencies,
  { id, reason, ...author }: { id: string; reason: string; actorId: number; requestId: string },
): Promise<PaymentRow> {
  const before = await stored.find(id);
  if (!before) throw new ProblemError('payment_not_found');
  const resolved = before.attention === null ? null : await corrections.resolve(before, { ...author, reason });
  if (!resolved) return before;
  const line = { paymentId: id, provider: before.provider, source: 'administrator', kind: 'resolve' } as const;
  await changes.addHistory({ ...line, outcome: reason, data: { by: author.actorId, attention: before.attention } });
  return resolved;
}
