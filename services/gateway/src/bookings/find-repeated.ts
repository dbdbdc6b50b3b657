import { readBookingId } from '@boxoffice/shared/booking-id';
import type { JobView } from '@boxoffice/shared/contracts/booking';
import type { RequestKey } from '@boxoffice/shared/contracts/jobs';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Acceptance } from './acceptance.ts';
import { decidedJobView, type FindJobDependencies, findJob, isUndecided } from './find-job.ts';
import type { BookingQueue } from './queue/booking-queue.ts';
import type { KeyOwner } from './queue/idempotency-keys.ts';
import { type SeatMapCache, showOwnWrite } from './read-your-writes.ts';
import type { StoredOutcomes } from './stored-outcomes.ts';

/** How long a request may take from claiming its key to being queued before a repeat replaces it, in milliseconds. */
const queuedWithinMs = 5_000;

export interface RepeatDependencies extends FindJobDependencies, SeatMapCache {
  queue: Pick<BookingQueue, 'find' | 'wait' | 'findKeyOwner' | 'confirm'>;
  outcomes: Pick<StoredOutcomes, 'findKeyOwner'>;
}

export interface KeyedAttempt {
  userId: number;
  key: RequestKey;
  /** How long to wait for the outcome, in milliseconds. */
  waitMs: number;
  acceptance: Acceptance;
}

/**
 * Finds the request that an Idempotency-Key belongs to: in Redis, or if Redis has forgotten it or is away, in PostgreSQL.
 *
 * @param showId the show for which the key was used
 * @throws {ProblemError} database_unavailable; queue_unavailable when PostgreSQL does not know the key, but Redis may
 */
export async function findKeyOwner(
  { queue, outcomes }: RepeatDependencies,
  { userId, key }: Pick<KeyedAttempt, 'userId' | 'key'>,
  showId: number,
): Promise<KeyOwner | null> {
  let failure: Error | undefined;
  const remembered = await queue.findKeyOwner(showId, userId, key).catch((error: Error) => {
    failure = error;
    return null;
  });
  const owner = remembered ?? (await outcomes.findKeyOwner(showId, userId, key));
  if (!owner && failure) throw failure;
  return owner;
}

/**
 * The job of the request that the key belongs to, for a repeat of it; null when that request was never queued,
 * so that the repeat takes its place.
 *
 * @throws {ProblemError} idempotency_mismatch when it was sent with something else; idempotency_in_progress when it is
 *   still being queued; queue_unavailable; database_unavailable
 */
export async function findRepeated(
  dependencies: RepeatDependencies,
  owner: KeyOwner,
  { userId, key, waitMs, acceptance }: KeyedAttempt,
): Promise<JobView | null> {
  if (owner.fingerprint !== key.fingerprint) throw mismatch();
  const job = await acceptance.lookUp(findJob(dependencies, owner.id, userId));
  showOwnWrite(dependencies, job);
  if (!job && owner.ageMs < queuedWithinMs) throw inProgress();
  if (!job || !isUndecided(job)) return job;
  // Before the wait: afterwards it would be too late to refuse anything.
  await acceptance.lookUp(dependencies.queue.confirm(owner.id));
  const outcome = waitMs > 0 ? await dependencies.queue.wait(owner.id, waitMs, acceptance) : null;
  return outcome ? decidedJobView(job.kind, outcome) : job;
}

/** The show that a booking's id names; null when the id is not one of ours. */
export function showOfBooking(bookingId: string): number | null {
  return readBookingId(bookingId)?.showId ?? null;
}

function mismatch(): ProblemError {
  return new ProblemError(
    'idempotency_mismatch',
    'This Idempotency-Key was used for another request. Use a new key for a new request.',
  );
}

export function inProgress(): ProblemError {
  return new ProblemError(
    'idempotency_in_progress',
    'The first request with this Idempotency-Key is still being accepted. Try again in a moment.',
    { retryAfterSeconds: 1 },
  );
}
