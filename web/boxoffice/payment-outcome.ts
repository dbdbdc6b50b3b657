import type { Booking, Payment } from '@boxoffice/client';
import { hasExpired } from './hold-state.ts';

export type PaymentOutcome =
  | 'confirming'
  | 'paid'
  | 'declined'
  | 'too late'
  /** Not needed: its booking is booked by another payment. */
  | 'superfluous'
  /** Its booking was cancelled before it could be booked. */
  | 'cancelled'
  | 'released'
  | 'refunding'
  | 'refunded';

/** What has become of a payment; undecided until its booking is known. */
export function outcomeOf(payment: Payment, booking: Booking | undefined): PaymentOutcome {
  if (payment.status === 'refunded') return 'refunded';
  if (!booking) return 'confirming';
  const isBooked = booking.status === 'booked';
  const hasBooked = booking.payment_id === payment.id;
  if (payment.status === 'authorized' || payment.status === 'captured') {
    if (hasBooked) return isBooked ? 'paid' : 'refunding';
    return payment.status === 'captured' && isBooked ? 'refunding' : 'confirming';
  }
  if (payment.status === 'pending') return isBooked && !hasBooked ? 'superfluous' : 'confirming';
  if (isBooked) return 'superfluous';
  if (booking.status === 'cancelled') return 'cancelled';
  if (payment.status === 'failed') return 'declined';
  return hasExpired(booking) ? 'too late' : 'released';
}

export const headings: Record<PaymentOutcome, string> = {
  confirming: 'We are confirming your payment',
  paid: 'Your seats are booked',
  declined: 'Your card was declined',
  'too late': 'Your payment came too late',
  superfluous: 'Your seats were already booked',
  cancelled: 'Your booking was cancelled',
  released: 'Your card was not charged',
  refunding: 'Your refund is under way',
  refunded: 'Your payment was refunded',
};
