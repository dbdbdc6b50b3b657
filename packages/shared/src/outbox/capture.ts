import { type OutboxKind, type PaymentDue, paymentsQueue } from './outbox-kind.ts';

/** The booking is booked: take the money that was authorised for it. */
export const capture: OutboxKind<PaymentDue> = {
  queue: paymentsQueue,
  title: ({ booking_id }) => `capture · booking ${booking_id}`,
};
