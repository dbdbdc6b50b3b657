import type { AuthorizedPayment, ConfirmRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { type Problem, problem } from '@boxoffice/shared/contracts/problems';
import type { BookingRow, Changes, ShowRow, VerdictRow } from './state.ts';

/** What is decided about payments, and what must be done at their providers because of it. */
export class PaymentLog {
  /** What is to be written. */
  readonly added: Pick<Changes, 'verdicts' | 'outbox'> = { verdicts: [], outbox: [] };
  readonly #verdicts: Map<string, VerdictRow>;

  constructor(verdicts: readonly VerdictRow[]) {
    this.#verdicts = new Map(verdicts.map((verdict) => [verdict.paymentId, verdict]));
  }

  find(paymentId: string): VerdictRow | null {
    return this.#verdicts.get(paymentId) ?? null;
  }

  /** Gives a payment its verdict, which follows from the outcome of its request. */
  decide(
    { request, payment, bookingId }: { request: ConfirmRequest; payment: AuthorizedPayment; bookingId: string },
    outcome: Outcome,
  ): void {
    const { show_id: showId } = request;
    const refusal = outcome.status === 'succeeded' ? null : outcome.problem;
    const verdict: VerdictRow = { showId, paymentId: payment.id, bookingId, problem: refusal };
    this.#verdicts.set(payment.id, verdict);
    this.added.verdicts.push(verdict);
    const data = { payment_id: payment.id, booking_id: bookingId };
    this.added.outbox.push({ showId, kind: refusal ? 'void' : 'capture', data });
  }

  /** Gives the money for a booking back if it was paid online. */
  refund({ showId, id, paymentId }: BookingRow): void {
    if (!paymentId) return;
    this.added.outbox.push({ showId, kind: 'refund', data: { payment_id: paymentId, booking_id: id } });
  }
}

/** Why a payment cannot pay for a booking: it is of another amount or currency. Null when it can. */
export function mismatchOf({ amount, currency }: AuthorizedPayment, booking: BookingRow): Problem | null {
  if (amount === booking.total && currency === booking.currency) return null;
  const due = booking.total === null ? 'is free of charge' : `costs ${booking.total} ${booking.currency}`;
  return problem(
    'payment_mismatch',
    `The payment is of ${amount} ${currency}, in minor units, but the booking ${due}.`,
  );
}

/** Why no payment can begin for a booking; null when it can. */
export function refusalOfCheckout(booking: BookingRow, show: ShowRow | undefined, hasEnded: boolean): Problem | null {
  if (!show) return problem('show_not_found', 'The show was taken off the programme.');
  if (show.isCancelled) return problem('show_cancelled', 'The show is cancelled. Its seats are not sold.');
  if (hasEnded || booking.status === 'cancelled') return problem('hold_expired');
  if (booking.status !== 'held') return problem('nothing_due', `It is ${booking.status}.`);
  if (!booking.total) return problem('nothing_due', 'The seats are free of charge: confirm the booking.');
  if (show.payment !== 'online') return problem('nothing_due', 'This show is paid for at the counter.');
  return null;
}
