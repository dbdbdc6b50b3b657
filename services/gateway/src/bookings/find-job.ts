import { bookingView, type JobView } from '@boxoffice/shared/contracts/booking';
import type { Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import type { Parts } from '../parts.ts';
import type { QueuedJob } from './queue/job-lookup.ts';

/**
 * Where a request stands: from PostgreSQL when it made or cancelled a booking, which is for ever,
 * else from its job. Null when this user made no such request.
 *
 * @throws {ProblemError} queue_unavailable
 */
export async function findJob(
  parts: Pick<Parts, 'answers' | 'bookings' | 'queue'>,
  id: string,
  userId: number,
): Promise<JobView | null> {
  const booking = await parts.bookings.findByRequest(id);
  if (booking && booking.userId === userId) {
    // This can be known before the worker's message that these seats have changed.
    parts.answers.invalidateShow(booking.showId);
    return {
      id,
      kind: booking.id === id ? 'book' : 'cancel',
      status: 'succeeded',
      position: 0,
      booking: bookingView(booking),
    };
  }
  const job = await parts.queue.find(id);
  return job && job.request.user_id === userId ? standingJob(id, job.request.kind, job) : null;
}

/** The public form of a request as the queue knows it. */
export function standingJob(
  id: string,
  kind: JobView['kind'],
  { status, position, outcome }: Omit<QueuedJob, 'request'>,
): JobView {
  if (outcome) return decidedJob(kind, outcome);
  if (status === 'failed')
    return { id, kind, status, position, problem: problem('internal_error', 'This request could not be decided.') };
  return { id, kind, status: status === 'queued' ? 'queued' : 'active', position };
}

/** The public form of a request that has its outcome. */
export function decidedJob(kind: JobView['kind'], outcome: Outcome): JobView {
  const { id, status } = outcome;
  return outcome.status === 'succeeded'
    ? { id, kind, status, position: 0, booking: outcome.booking }
    : { id, kind, status, position: 0, problem: outcome.problem };
}
