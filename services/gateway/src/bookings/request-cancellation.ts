import { readBookingId } from '@boxoffice/shared/booking-id';
import { bookingView, type JobView } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Parts } from '../parts.ts';
import { submitRequest } from './submit-request.ts';

/**
 * Queues the cancellation of a booking behind everything that was accepted for its show before. A
 * booking that is still queued itself can be cancelled too: the order sees to it.
 *
 * @param request.asAdmin cancels anyone's booking
 * @returns the job; a booking that is cancelled already is answered at once
 * @throws {ProblemError} booking_not_found when the user has no such booking, and what submitRequest throws
 */
export async function requestCancellation(
  parts: Pick<Parts, 'answers' | 'bookings' | 'queue'>,
  request: {
    bookingId: string;
    userId: number;
    asAdmin: boolean;
    waitMs: number;
    idempotencyKey: string | undefined;
    requestId: string;
  },
): Promise<JobView> {
  const { bookingId, userId, asAdmin } = request;
  const showId = readBookingId(bookingId)?.showId;
  if (showId === undefined) throw new ProblemError('booking_not_found');
  const booking = await parts.bookings.find(bookingId);
  const ownerId = booking?.userId ?? (await findQueuedOwner(parts, bookingId));
  if (ownerId === null || (ownerId !== userId && !asAdmin)) throw new ProblemError('booking_not_found');
  if (booking?.status === 'cancelled' && request.idempotencyKey === undefined) {
    return {
      id: booking.cancelledBy ?? bookingId,
      kind: 'cancel',
      status: 'succeeded',
      position: 0,
      booking: bookingView(booking),
    };
  }
  return submitRequest(
    parts,
    {
      kind: 'cancel',
      show_id: showId,
      user_id: userId,
      booking_id: bookingId,
      request_id: request.requestId,
      ...(asAdmin && { as_admin: true }),
    },
    request,
  );
}

/** Who asked for a booking that is not decided yet. */
async function findQueuedOwner({ queue }: Pick<Parts, 'queue'>, bookingId: string): Promise<number | null> {
  const job = await queue.find(bookingId);
  return job?.request.kind === 'book' && job.outcome?.status !== 'rejected' ? job.request.user_id : null;
}
