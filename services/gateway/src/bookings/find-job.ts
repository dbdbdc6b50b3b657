import { bookingView, type JobView } from '@boxoffice/shared/contracts/booking';
import type { Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import type { BookingQueue } from './queue/booking-queue.ts';
import type { QueuedJob } from './queue/job-lookup.ts';
import type { Bookings } from './stored-bookings.ts';

export interface FindJobDependencies {
  bookings: Pick<Bookings, 'findByRequest'>;
  queue: Pick<BookingQueue, 'find'>;
}

/**
 * The state of a request: from PostgreSQL, which keeps it for ever, when the request made or cancelled a
 * booking, otherwise from its job. Null when this user made no such request.
 *
 * @throws {ProblemError} queue_unavailable
 */
export async function findJob(
  { bookings, queue }: FindJobDependencies,
  id: string,
  userId: number,
): Promise<JobView | null> {
  const booking = await bookings.findByRequest(id);
  if (booking && booking.userId === userId) {
    const kind = booking.id === id ? 'book' : 'cancel';
    return { id, kind, status: 'succeeded', position: 0, booking: bookingView(booking) };
  }
  const job = await queue.find(id);
  return job && job.request.user_id === userId ? queuedJobView(id, job.request.kind, job) : null;
}

/** The public form of a request that the queue knows. */
export function queuedJobView(
  id: string,
  kind: JobView['kind'],
  { status, position, outcome }: Omit<QueuedJob, 'request'>,
): JobView {
  if (outcome) return decidedJobView(kind, outcome);
  if (status === 'failed')
    return { id, kind, status, position, problem: problem('internal_error', 'This request could not be decided.') };
  return { id, kind, status: status === 'queued' ? 'queued' : 'active', position };
}

/** The public form of a request that has its outcome. */
export function decidedJobView(kind: JobView['kind'], outcome: Outcome): JobView {
  const { id, status } = outcome;
  return outcome.status === 'succeeded'
    ? { id, kind, status, position: 0, booking: outcome.booking }
    : { id, kind, status, position: 0, problem: outcome.problem };
}

export function isUndecided({ status }: JobView): boolean {
  return status === 'queued' || status === 'active';
}
