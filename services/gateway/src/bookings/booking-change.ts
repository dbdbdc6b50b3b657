import { readBookingId } from '@boxoffice/shared/booking-id';
import type { RequestKey } from '@boxoffice/shared/contracts/jobs';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Booking } from '@boxoffice/shared/database/entities/booking';
import type { Acceptance } from './acceptance.ts';
import type { Bookings } from './stored-bookings.ts';
import type { SubmitDependencies } from './submit-request.ts';

export interface ChangeDependencies extends SubmitDependencies {
  bookings: Pick<Bookings, 'find'>;
}

/** A request that changes a booking. */
export interface BookingChange {
  bookingId: string;
  /** The user who sent the request. */
  userId: number;
  waitMs: number;
  key: RequestKey | undefined;
  acceptance: Acceptance;
  requestId: string;
}

/**
 * The show of a booking, which its id says.
 *
 * @throws {ProblemError} booking_not_found when it is not the id of a booking
 */
export function getShowOfBooking(bookingId: string): number {
  const showId = readBookingId(bookingId)?.showId;
  if (showId === undefined) throw new ProblemError('booking_not_found');
  return showId;
}

/**
 * Finds the owner of a booking, even while the request that makes it is still queued.
 *
 * @returns `booking` is null while that request is undecided
 * @throws {ProblemError} booking_not_found, queue_unavailable, database_unavailable
 */
export async function getBookingOwner(
  { bookings, queue }: Pick<ChangeDependencies, 'bookings' | 'queue'>,
  { bookingId, acceptance }: Pick<BookingChange, 'bookingId' | 'acceptance'>,
): Promise<{ showId: number; ownerId: number; booking: Booking | null }> {
  const showId = getShowOfBooking(bookingId);
  const booking = await acceptance.within(bookings.find(bookingId));
  if (booking) return { showId, ownerId: booking.userId, booking };
  const job = await acceptance.within(queue.find(bookingId));
  const makesBooking = job?.kind === 'book' || job?.kind === 'hold';
  if (!makesBooking || job.outcome?.status === 'rejected') throw new ProblemError('booking_not_found');
  return { showId, ownerId: job.userId, booking };
}
