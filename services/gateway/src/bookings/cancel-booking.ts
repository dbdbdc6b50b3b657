import { readBookingId } from '@boxoffice/shared/booking-id';
import { bookingView, type JobView } from '@boxoffice/shared/contracts/booking';
import type { RequestKey } from '@boxoffice/shared/contracts/jobs';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Acceptance } from './acceptance.ts';
import type { Bookings } from './stored-bookings.ts';
import { type SubmitDependencies, submitRequest } from './submit-request.ts';

export interface CancelDependencies extends SubmitDependencies {
  bookings: Pick<Bookings, 'find'>;
}

export interface Cancellation {
  bookingId: string;
  /** The user who sent the request. */
  userId: number;
  /** Whether to cancel any user's booking. */
  asAdmin: boolean;
  waitMs: number;
  key: RequestKey | undefined;
  acceptance: Acceptance;
  requestId: string;
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
  const showId = readBookingId(bookingId)?.showId;
  if (showId === undefined) throw new ProblemError('booking_not_found');
  const booking = await acceptance.within(dependencies.bookings.find(bookingId));
  const ownerId = booking?.userId ?? (await acceptance.within(findQueuedOwner(dependencies, bookingId)));
  if (ownerId === null || (ownerId !== userId && !asAdmin)) throw new ProblemError('booking_not_found');
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

/** The user who requested a booking that is not decided yet. */
async function findQueuedOwner(
  { queue }: Pick<CancelDependencies, 'queue'>,
  bookingId: string,
): Promise<number | null> {
  const job = await queue.find(bookingId);
  return job?.kind === 'book' && job.outcome?.status !== 'rejected' ? job.userId : null;
}
