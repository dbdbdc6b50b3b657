import { bookingView, type JobView } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { type BookingChange, type ChangeDependencies, getBookingOwner } from './booking-change.ts';
import { askedFields, submitRequest } from './submit-request.ts';

export interface Cancellation extends BookingChange {
  /** Whether to cancel any user's booking. */
  asAdmin: boolean;
}

/**
 * Queues a cancellation behind every request that was accepted for the show before. The queue's order makes
 * it safe to cancel a booking that is still queued itself.
 *
 * @returns the job; decided immediately when the booking is already cancelled
 * @throws {ProblemError} booking_not_found when the user has no such booking, and what submitRequest throws
 */
export async function cancelBooking(dependencies: ChangeDependencies, cancellation: Cancellation): Promise<JobView> {
  const { bookingId, userId, asAdmin, key } = cancellation;
  const { showId, ownerId, booking } = await getBookingOwner(dependencies, cancellation);
  if (ownerId !== userId && !asAdmin) throw new ProblemError('booking_not_found');
  if (booking?.status === 'cancelled' && key === undefined) {
    const id = booking.cancelledBy ?? bookingId;
    return { id, kind: 'cancel', status: 'succeeded', position: 0, booking: bookingView(booking) };
  }
  const asked = { ...askedFields({ showId, ...cancellation }), ...(asAdmin && { as_admin: true as const }) };
  return submitRequest(dependencies, { kind: 'cancel', booking_id: bookingId, ...asked }, cancellation);
}
