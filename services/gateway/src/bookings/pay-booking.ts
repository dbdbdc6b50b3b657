import type { JobView, PaidWith } from '@boxoffice/shared/contracts/booking';
import { type BookingChange, type ChangeDependencies, getBookingOwner } from './booking-change.ts';
import { askedFields, submitRequest } from './submit-request.ts';

/**
 * Queues the counter payment for any user's booking, which the administrator has taken.
 *
 * @throws {ProblemError} booking_not_found, and what submitRequest throws
 */
export async function payBooking(
  dependencies: ChangeDependencies,
  change: BookingChange & { paidWith: PaidWith },
): Promise<JobView> {
  const { bookingId, paidWith } = change;
  const { showId } = await getBookingOwner(dependencies, change);
  const asked = askedFields({ showId, ...change });
  return submitRequest(dependencies, { kind: 'pay', booking_id: bookingId, paid_with: paidWith, ...asked }, change);
}
