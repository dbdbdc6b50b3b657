import { type OutboxKind, type PaymentDue, paymentsQueue } from './outbox-kind.ts';

/** A booking that was paid online is cancelled: give the money back, or release it if it was not taken yet. */
export const refund: OutboxKind<PaymentDue> = {
  queue: paymentsQueue,
  title: ({ booking_id }) => `refund · booking ${booking_id}`,
};
