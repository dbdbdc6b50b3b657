import type { JobView } from '@boxoffice/shared/contracts/booking';
import type { Outcome } from '@boxoffice/shared/contracts/jobs';
import type { BookingQueue } from './queue/booking-queue.ts';
import type { JobProgress } from './queue/job-watch.ts';

export interface FindJobDependencies {
  queue: Pick<BookingQueue, 'find'>;
}

/**
 * The state of a request. Null when this user made no such request.
 *
 * @throws {ProblemError} queue_unavailable, database_unavailable
 */
export async function findJob({ queue }: FindJobDependencies, id: string, userId: number): Promise<JobView | null> {
  const job = await queue.find(id);
  return job && job.userId === userId ? queuedJobView(id, job.kind, job) : null;
}

/** The public form of a request that the queue knows. */
export function queuedJobView(id: string, kind: JobView['kind'], { status, position, outcome }: JobProgress): JobView {
  if (outcome) return decidedJobView(kind, outcome);
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
