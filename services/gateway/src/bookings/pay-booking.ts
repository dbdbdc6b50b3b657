import type { JobView, PaidWith } from '@boxoffice/shared/contracts/booking';
import { type BookingChange, type ChangeDependencies, getBookingOwner } from './booking-change.ts';
import { submitRequest } from './submit-request.ts';

/**
 * Queues that an administrator took the money for a booking, of any user, at the counter.
 *
 * @throws {ProblemError} booking_not_found, and what submitRequest throws
 */
export async function payBooking(
  dependencies: ChangeDependencies,
  change: BookingChange & { paidWith: PaidWith },
): Promise<JobView> {
  const { bookingId, userId, paidWith, key, requestId } = change;
  const { showId } = await getBookingOwner(dependencies, change);
  const asked = { show_id: showId, user_id: userId, request_id: requestId, ...(key && { key }) };
  return submitRequest(dependencies, { kind: 'pay', booking_id: bookingId, paid_with: paidWith, ...asked }, change);
}
