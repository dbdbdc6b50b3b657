import { bookingView, type JobView } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { type BookingChange, type ChangeDependencies, getBookingOwner } from './booking-change.ts';
import { submitRequest } from './submit-request.ts';

export type CancelDependencies = ChangeDependencies;

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
export async function cancelBooking(dependencies: CancelDependencies, cancellation: Cancellation): Promise<JobView> {
  const { bookingId, userId, asAdmin, key, acceptance, requestId } = cancellation;
  const { showId, ownerId, booking } = await getBookingOwner(dependencies, { bookingId, acceptance });
  if (ownerId !== userId && !asAdmin) throw new ProblemError('booking_not_found');
  if (booking?.status === 'cancelled' && key === undefined) {
    const id = booking.cancelledBy ?? bookingId;
    return { id, kind: 'cancel', status: 'succeeded', position: 0, booking: bookingView(booking) };
  }
  return submitRequest(
    dependencies,
    {
      kind: 'cancel',
      show_id: showId,
      user_id: userId,
      booking_id: bookingId,
      request_id: requestId,
      ...(asAdmin && { as_admin: true }),
      ...(key && { key }),
    },
    cancellation,
  );
}
