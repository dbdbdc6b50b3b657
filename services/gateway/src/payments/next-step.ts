import type { PaymentFacts } from './stored-payments.ts';

/**
 * - `find`: learn from the provider whether the buyer has paid
 * - `confirm`: ask the show's line whether the seats can be booked
 * - `capture`, `void`, `refund`: at the provider
 * - `cancel`: cancel the booking, so that the line decides that the money goes back
 */
export type Step = 'find' | 'confirm' | 'capture' | 'void' | 'refund' | 'cancel';

/**
 * What is to be done next about a payment; null when nothing is. All that moves a payment on (a job of the outbox, an
 * event, the buyer's return, reconciliation) ends here, so it does not matter which of them comes, or how often. What it
 * depends on does not become untrue: a verdict never changes, and a booking that is no longer booked never is again.
 */
export function nextStep({ payment, accepted, isBooked }: PaymentFacts): Step | null {
  const { status, settlement } = payment;
  if (status === 'pending') return 'find';
  if (status !== 'authorized' && status !== 'captured') return null;
  if (accepted === null) return 'confirm';
  if (status === 'captured') {
    if (!isBooked) return 'refund';
    return payment.refund_requested_at ? 'cancel' : null;
  }
  if (isBooked) return payment.refund_requested_at ? 'cancel' : 'capture';
  // A capture that has begun may have taken the money: it is finished, and the money given back.
  return settlement === 'capture' ? 'capture' : 'void';
}
