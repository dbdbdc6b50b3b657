import { bookingView, type JobView } from '@boxoffice/shared/contracts/booking';
import type { Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import type { Parts } from '../parts.ts';

/**
 * Where a request stands: from PostgreSQL when it made or cancelled a booking, which is for ever,
 * else from its job. Null when this user made no such request.
 *
 * @throws {ProblemError} queue_unavailable
 */
export async function findJob(
  parts: Pick<Parts, 'bookings' | 'queue'>,
  id: string,
  userId: number,
): Promise<JobView | null> {
  const booking = await parts.bookings.findByRequest(id);
  if (booking && booking.userId === userId) {
    return {
      id,
      kind: booking.id === id ? 'book' : 'cancel',
      status: 'succeeded',
      position: 0,
      booking: bookingView(booking),
    };
  }
  const job = await parts.queue.find(id);
  if (!job || job.request.user_id !== userId) return null;
  const { kind } = job.request;
  if (job.outcome) return decidedJob(kind, job.outcome);
  if (job.status === 'failed')
    return {
      id,
      kind,
      status: 'failed',
      position: 0,
      problem: problem('internal_error', 'This request could not be decided.'),
    };
  return { id, kind, status: job.status === 'queued' ? 'queued' : 'active', position: job.position };
}

/** The public form of a request that has its outcome. */
export function decidedJob(kind: JobView['kind'], outcome: Outcome): JobView {
  const { id, status } = outcome;
  return outcome.status === 'succeeded'
    ? { id, kind, status, position: 0, booking: outcome.booking }
    : { id, kind, status, position: 0, problem: outcome.problem };
}
