import type { JobView } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { type BookingChange, type ChangeDependencies, getBookingOwner } from './booking-change.ts';
import { showOfBooking } from './find-repeated.ts';
import { askedFields, submitRequest } from './submit-request.ts';

/**
 * Queues the confirmation of a hold behind every request that was accepted for the show before it. A client that waits
 * learns from the outcome whether the booking exists and is theirs; for one that does not wait it is looked up first.
 *
 * @throws {ProblemError} booking_not_found when the user has no such booking, and what submitRequest throws
 */
export async function confirmBooking(dependencies: ChangeDependencies, change: BookingChange): Promise<JobView> {
  const { bookingId, userId, waitMs } = change;
  const showId = showOfBooking(bookingId);
  if (showId === null) throw new ProblemError('booking_not_found');
  const owner = waitMs > 0 ? null : await getBookingOwner(dependencies, change);
  if (owner && owner.ownerId !== userId) throw new ProblemError('booking_not_found');
  const asked = askedFields({ showId, ...change });
  return submitRequest(dependencies, { kind: 'confirm', booking_id: bookingId, ...asked }, change);
}
