import { readBookingId } from '@boxoffice/shared/booking-id';
import type { JobView } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { decidedJobView, type FindJobDependencies, findJob, isUndecided } from './find-job.ts';
import type { BookingQueue } from './queue/booking-queue.ts';
import type { Draft } from './queue/submission.ts';
import { type SeatMapCache, showOwnWrite } from './read-your-writes.ts';

/** How long the first request with a key may take to be accepted before a retry replaces it, in milliseconds. */
const acceptanceTakesMs = 5_000;
/** How often a retry submits: once more after it has replaced a request that was never accepted. */
const attemptLimit = 2;

export interface SubmitDependencies extends FindJobDependencies, SeatMapCache {
  queue: Pick<BookingQueue, 'submit' | 'find' | 'wait' | 'forgetKey'>;
}

interface SubmitOptions {
  /** How long to wait for the outcome, in milliseconds; 0 does not wait. */
  waitMs: number;
  idempotencyKey: string | undefined;
}

/**
 * Queues a request, once per Idempotency-Key.
 *
 * @returns the job: decided when the outcome came in time, otherwise queued
 * @throws {ProblemError} queue_full, queue_unavailable, idempotency_mismatch, idempotency_in_progress
 */
export async function submitRequest(
  dependencies: SubmitDependencies,
  draft: Draft,
  { waitMs, idempotencyKey: key }: SubmitOptions,
): Promise<JobView> {
  const idempotency = key === undefined ? undefined : { key, fingerprint: fingerprint(draft) };
  for (let attempt = 1; ; attempt++) {
    const submitted = await dependencies.queue.submit(draft, { waitMs, idempotency });
    if (submitted.status === 'queued') {
      const outcome = await submitted.outcome;
      return outcome
        ? decidedJobView(draft.kind, outcome)
        : { id: submitted.id, kind: draft.kind, status: 'queued', position: submitted.position };
    }
    const job = await findRepeated(dependencies, submitted.id, draft, waitMs);
    if (job) return job;
    // Neither a booking nor a job: the first request is still being accepted, or never was.
    if (!idempotency || attempt === attemptLimit || isBeingAccepted(submitted.id)) throw inProgress();
    await dependencies.queue.forgetKey(draft, idempotency, submitted.id);
  }
}

/** The job of the first request with the same key; null when there is neither a booking nor a job. */
async function findRepeated(
  dependencies: SubmitDependencies,
  id: string,
  draft: Draft,
  waitMs: number,
): Promise<JobView | null> {
  const job = await findJob(dependencies, id, draft.user_id);
  showOwnWrite(dependencies, job);
  if (!job || !isUndecided(job) || waitMs === 0) return job;
  const outcome = await dependencies.queue.wait(id, waitMs);
  return outcome ? decidedJobView(draft.kind, outcome) : job;
}

function isBeingAccepted(id: string): boolean {
  return Date.now() - (readBookingId(id)?.timeMs ?? 0) < acceptanceTakesMs;
}

function inProgress(): ProblemError {
  return new ProblemError(
    'idempotency_in_progress',
    'The first request with this Idempotency-Key is still being accepted. Try again in a moment.',
    { retryAfterSeconds: 1 },
  );
}

/** What a request asks for, whoever sent it and however the seats were written. */
function fingerprint(draft: Draft): string {
  return draft.kind === 'book' ? `book ${draft.show_id} ${draft.seats.join(' ')}` : `cancel ${draft.booking_id}`;
}
