import { bookingView, type JobView } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { type BookingChange, type ChangeDependencies, getBookingOwner } from './booking-change.ts';
import { showOfBooking } from './find-repeated.ts';
import { askedFields, submitRequest } from './submit-request.ts';

export interface Cancellation extends BookingChange {
  /** Whether to cancel any user's booking. */
  asAdmin: boolean;
}

/**
 * Queues a cancellation behind every request that was accepted for the show before. The queue's order makes
 * it safe to cancel a booking that is still queued itself. A client that waits learns from the outcome whether the booking
 * exists and is theirs; for one that does not wait it is looked up first, because a 202 would not say so.
 *
 * @returns the job; decided immediately when the booking is already cancelled
 * @throws {ProblemError} booking_not_found when the user has no such booking, and what submitRequest throws
 */
export async function cancelBooking(dependencies: ChangeDependencies, cancellation: Cancellation): Promise<JobView> {
  const { bookingId, asAdmin, waitMs } = cancellation;
  const showId = showOfBooking(bookingId);
  if (showId === null) throw new ProblemError('booking_not_found');
  const cancelled = waitMs > 0 ? null : await findCancelled(dependencies, cancellation);
  if (cancelled) return cancelled;
  const asked = { ...askedFields({ showId, ...cancellation }), ...(asAdmin && { as_admin: true as const }) };
  try {
    return await submitRequest(dependencies, { kind: 'cancel', booking_id: bookingId, ...asked }, cancellation);
  } catch (error) {
    if (!wasNotQueued(error)) throw error;
    // A repeat of a cancellation that succeeded needs no queue.
    const already = await findCancelled(dependencies, cancellation).catch(() => null);
    if (!already) throw error;
    return already;
  }
}

/** Whether the queue did not accept a request, for certain. */
function wasNotQueued(error: unknown): boolean {
  if (!(error instanceof ProblemError) || error.problem.job_id) return false;
  return error.problem.code === 'queue_unavailable' || error.problem.code === 'queue_full';
}

/**
 * The outcome of a cancellation that has nothing left to do; null when it has.
 *
 * @throws {ProblemError} booking_not_found, queue_unavailable, database_unavailable
 */
async function findCancelled(dependencies: ChangeDependencies, cancellation: Cancellation): Promise<JobView | null> {
  const { bookingId, userId, asAdmin, key } = cancellation;
  const { ownerId, booking } = await getBookingOwner(dependencies, cancellation);
  if (ownerId !== userId && !asAdmin) throw new ProblemError('booking_not_found');
  if (booking?.status !== 'cancelled' || key !== undefined) return null;
  const id = booking.cancelledBy ?? bookingId;
  return { id, kind: 'cancel', status: 'succeeded', position: 0, booking: bookingView(booking) };
}
