import type { JobView } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { type BookingChange, type ChangeDependencies, getBookingOwner, submitRequest } from '../bookings/index.ts';
import type { PaymentChanges } from './payment-changes.ts';
import type { PaymentRow } from './payment-row.ts';
import type { Settler } from './settler.ts';
import type { StoredPayments } from './stored-payments.ts';

/** How long the response waits for the provider to open the checkout, in milliseconds. */
const checkoutWaitMs = 1_000;

export interface StartPaymentDependencies extends ChangeDependencies {
  payments: {
    stored: Pick<StoredPayments, 'find' | 'findOpen'>;
    changes: Pick<PaymentChanges, 'add'>;
    settler: Pick<Settler, 'settleSoon'>;
    /** The provider of new payments; null when there is none. */
    provider: string | null;
    seconds: number;
  };
}

/**
 * Begins the payment of a hold, which then lasts for at least PAYMENT_SECONDS: through the show's line, so that nobody
 * is sent to pay for seats that are gone. A booking has one open payment: a repeat gets the same.
 *
 * @returns the payment, or the job when the hold could not be extended, or not yet
 * @throws {ProblemError} booking_not_found, hold_expired, nothing_due, payments_unavailable, and what submitRequest throws
 */
export async function startPayment(
  dependencies: StartPaymentDependencies,
  change: BookingChange,
): Promise<{ payment: PaymentRow } | { job: JobView }> {
  const { bookingId, userId, key, acceptance, requestId } = change;
  const { stored, changes, provider, seconds } = dependencies.payments;
  const { showId, ownerId } = await getBookingOwner(dependencies, change);
  if (ownerId !== userId) throw new ProblemError('booking_not_found');
  const open = await acceptance.within(stored.findOpen(bookingId));
  if (open) return { payment: await withCheckout(dependencies, open) };
  if (!provider)
    throw new ProblemError('payments_unavailable', 'There is no provider of online payments.', {
      retryAfterSeconds: 60,
    });
  const asked = { show_id: showId, user_id: userId, request_id: requestId, ...(key && { key }) };
  const job = await submitRequest(
    dependencies,
    { kind: 'checkout', booking_id: bookingId, payment_seconds: seconds, ...asked },
    change,
  );
  const total = job.booking?.total;
  if (!total) return { job };
  await checkHeld(dependencies, bookingId);
  const added = await changes.add({
    ...{ show_id: showId, booking_id: bookingId, user_id: userId, provider },
    ...total,
  });
  const payment = added ?? (await stored.findOpen(bookingId));
  if (!payment) throw new ProblemError('payments_unavailable', undefined, { retryAfterSeconds: 1 });
  return { payment: await withCheckout(dependencies, payment) };
}

/** The outcome of a repeated key may be an old one: the hold may have ended or been cancelled since. */
async function checkHeld({ bookings }: StartPaymentDependencies, bookingId: string): Promise<void> {
  const booking = await bookings.find(bookingId);
  if (booking?.status === 'booked') throw new ProblemError('nothing_due', 'It is booked.');
  const isHeld = booking?.status === 'held' && (booking.expiresAt?.getTime() ?? 0) > Date.now();
  if (!isHeld) throw new ProblemError('hold_expired');
}

/** Waits a little for the provider to open the checkout; the buyer can ask for it again. */
async function withCheckout({ payments }: StartPaymentDependencies, payment: PaymentRow): Promise<PaymentRow> {
  if (payment.status !== 'pending' || payment.checkout_url) return payment;
  const opened = payments.settler.settleSoon(payment.id).catch(() => undefined); // reconciliation goes on with it
  await Promise.race([opened, new Promise((resolve) => setTimeout(resolve, checkoutWaitMs).unref())]);
  return (await payments.stored.find(payment.id)) ?? payment;
}
