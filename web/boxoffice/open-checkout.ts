import { type Patience, type Payment, ProblemError, patiently } from '@boxoffice/client';
import { boxoffice } from '../lib/session.ts';
import { rememberPayment } from './begun-payments.ts';

/** How often to ask for a checkout that the provider has not opened yet, in milliseconds. */
const askEveryMs = 1_000;

/**
 * Begins to pay for a hold, or continues: while a payment is open, it stays the same one.
 *
 * @returns the payment. While it is `pending`, it has a `checkout_url`
 * @throws {ProblemError} `hold_expired`, `show_cancelled`, `payments_unavailable`, …
 * @throws {NoAnswerError} when the box office cannot be reached for long
 */
export async function openCheckout(bookingId: string, options: Patience): Promise<Payment> {
  let payment = await beginPayment(bookingId, options);
  rememberPayment(bookingId, payment.id);
  while (payment.status === 'pending' && !payment.checkout_url) {
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
    payment = await patiently(() => getPayment(payment.id, options.signal), options);
  }
  return payment;
}

export const getPayment = (id: string, signal?: AbortSignal): Promise<Payment> =>
  boxoffice.get('/api/payments/{id}/', { params: { path: { id } }, ...(signal && { signal }) });

async function beginPayment(bookingId: string, options: Patience): Promise<Payment> {
  const params = { path: { id: bookingId } };
  for (;;) {
    const begun = await patiently(() => boxoffice.post('/api/bookings/{id}/payments/', { params }), options);
    if (!('kind' in begun)) return begun;
    // A job: the queue is long. Once the hold has more time, the payment can begin.
    const { problem } = await boxoffice.outcome(begun.id, options);
    if (problem) throw new ProblemError(problem);
  }
}
