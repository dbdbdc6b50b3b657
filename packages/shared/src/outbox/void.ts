import { type OutboxKind, type PaymentDue, paymentsQueue } from './outbox-kind.ts';

/** The seats could not be booked: release the money that was authorised for them. */
export const voidPayment: OutboxKind<PaymentDue> = {
  queue: paymentsQueue,
  title: ({ booking_id }) => `void · booking ${booking_id}`,
};
