import type { JobView } from '@boxoffice/shared/contracts/booking';
import type { RequestKey } from '@boxoffice/shared/contracts/jobs';
import type { Acceptance } from './acceptance.ts';
import { decidedJobView } from './find-job.ts';
import { findRepeated, inProgress, type RepeatDependencies } from './find-repeated.ts';
import type { BookingQueue } from './queue/booking-queue.ts';
import type { Draft } from './queue/submission.ts';

/** How often a request is submitted: once more to take the place of one that was never queued. */
const attemptLimit = 2;

export interface SubmitDependencies extends RepeatDependencies {
  queue: RepeatDependencies['queue'] & Pick<BookingQueue, 'submit'>;
}

interface SubmitOptions {
  /** How long to wait for the outcome, in milliseconds; 0 does not wait. */
  waitMs: number;
  acceptance: Acceptance;
}

/** Where a request comes from and which show it is for. */
export interface Asked {
  showId: number;
  /** The user who sent the request. */
  userId: number;
  key: RequestKey | undefined;
  requestId: string;
}

/** The fields that every kind of request has. */
export function askedFields({ showId, userId, requestId, key }: Asked) {
  return { show_id: showId, user_id: userId, request_id: requestId, ...(key && { key }) };
}

/**
 * Queues a request, once per Idempotency-Key.
 *
 * @returns the job: decided when the outcome came in time, otherwise queued
 * @throws {ProblemError} too_many_requests, queue_full, queue_unavailable, idempotency_mismatch, idempotency_in_progress
 */
export async function submitRequest(
  dependencies: SubmitDependencies,
  draft: Draft,
  { waitMs, acceptance }: SubmitOptions,
): Promise<JobView> {
  let replaces: string | undefined;
  for (let attempt = 1; attempt <= attemptLimit; attempt++) {
    const submitted = await acceptance.within(dependencies.queue.submit(draft, { waitMs, acceptance, replaces }));
    if (submitted.status === 'queued') {
      const outcome = await submitted.outcome;
      return outcome
        ? decidedJobView(draft.kind, outcome)
        : { id: submitted.id, kind: draft.kind, status: 'queued', position: submitted.position };
    }
    const { owner } = submitted;
    if (!draft.key) throw new Error('a request without a key is no repeat');
    const attempted = { userId: draft.user_id, key: draft.key, waitMs, acceptance };
    const job = await findRepeated(dependencies, owner, attempted);
    if (job) return job;
    replaces = owner.id;
  }
  throw inProgress();
}
