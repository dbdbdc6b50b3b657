import { readBookingId } from '@boxoffice/shared/booking-id';
import type { JobView } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Parts } from '../parts.ts';
import { decidedJob, findJob } from './find-job.ts';
import type { Draft } from './queue/submission.ts';

/** A first request with a key is given this long to be accepted before a repeat takes its place, in milliseconds. */
const acceptanceTakesMs = 5_000;

/**
 * Queues a request once per Idempotency-Key, and waits for its outcome if asked to.
 *
 * @returns the job: decided when the outcome came in time, else queued
 * @throws {ProblemError} queue_full, queue_unavailable, idempotency_mismatch, idempotency_in_progress
 */
export async function submitRequest(
  parts: Pick<Parts, 'answers' | 'bookings' | 'queue'>,
  draft: Draft,
  options: { waitMs: number; idempotencyKey: string | undefined },
): Promise<JobView> {
  const { waitMs, idempotencyKey: key } = options;
  const idempotency = key === undefined ? undefined : { key, fingerprint: fingerprint(draft) };
  const submitted = await parts.queue.submit(draft, { waitMs, idempotency });
  if (submitted.status === 'queued') {
    const outcome = await submitted.outcome;
    return outcome
      ? decidedJob(draft.kind, outcome)
      : { id: submitted.id, kind: draft.kind, status: 'queued', position: submitted.position };
  }

  const job = await findJob(parts, submitted.id, draft.user_id);
  if (job?.status === 'queued' || job?.status === 'active') {
    const outcome = waitMs > 0 ? await parts.queue.wait(submitted.id, waitMs) : null;
    return outcome ? decidedJob(draft.kind, outcome) : job;
  }
  if (job || !idempotency) return job ?? Promise.reject(new ProblemError('job_not_found'));

  // Neither a booking nor a job: the first try is still on its way into the queue, or never got there.
  if (Date.now() - (readBookingId(submitted.id)?.timeMs ?? 0) < acceptanceTakesMs) {
    throw new ProblemError(
      'idempotency_in_progress',
      'The first request with this Idempotency-Key is still being accepted. Try again in a moment.',
      { retryAfterSeconds: 1 },
    );
  }
  await parts.queue.forgetKey(draft, idempotency, submitted.id);
  return submitRequest(parts, draft, options);
}

/** What a request asks for, whoever asks and however the seats were written. */
function fingerprint(draft: Draft): string {
  return draft.kind === 'book' ? `book ${draft.show_id} ${draft.seats.join(' ')}` : `cancel ${draft.booking_id}`;
}
