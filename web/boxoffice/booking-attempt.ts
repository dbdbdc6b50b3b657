/**
 * A booking in progress. It is stored with its Idempotency-Key before the request is sent: after a reload or
 * an outage, the same key resumes the same request. In sessionStorage, as it belongs to this tab.
 */
import { type Booking, NoAnswerError, ProblemError, randomKey } from '@boxoffice/client';
import { outageMessage } from '../lib/errors.ts';
import { boxoffice } from '../lib/session.ts';

export interface BookingAttempt {
  showId: number;
  seats: string[];
  key: string;
  startedAt: number;
  /** Known once the request has been accepted. */
  jobId?: string;
}

export type Progress = { kind: 'sending' } | { kind: 'queued'; position: number } | { kind: 'outage'; message: string };

/** Less than the time for which the server remembers a key, and longer than anyone waits. */
const resumableMs = 30 * 60_000;
/** An outcome within this time comes with the response; after it, the response is a position in the queue. */
const waitSeconds = 1;

const storageKey = (showId: number) => `boxoffice.attempt.${showId}`;

/** Stores an attempt before its request is sent. */
export function startAttempt(showId: number, seats: string[]): BookingAttempt {
  const attempt = { showId, seats, key: randomKey(), startedAt: Date.now() };
  store(attempt);
  return attempt;
}

/** The unfinished attempt for this show, if any. */
export function findAttempt(showId: number): BookingAttempt | null {
  const attempt = JSON.parse(sessionStorage.getItem(storageKey(showId)) ?? 'null') as BookingAttempt | null;
  return attempt && Date.now() - attempt.startedAt < resumableMs ? attempt : null;
}

export function forgetAttempt(showId: number): void {
  sessionStorage.removeItem(storageKey(showId));
}

function store(attempt: BookingAttempt): void {
  sessionStorage.setItem(storageKey(attempt.showId), JSON.stringify(attempt));
}

/**
 * Completes an attempt, from whichever step it had reached, retrying for as long as an outage lasts.
 *
 * @throws {ProblemError} `seat_taken` names the seats; after `unauthenticated`, sign in and call it again
 */
export async function completeAttempt(
  attempt: BookingAttempt,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: Progress) => void },
): Promise<Booking> {
  const options = {
    signal,
    live: true,
    patienceMs: Number.POSITIVE_INFINITY,
    onRetry: (reason: unknown) => onProgress({ kind: 'outage', message: outageMessage(reason) }),
    onQueued(job: { id: string; position: number }) {
      if (!signal.aborted) store({ ...attempt, jobId: job.id });
      onProgress({ kind: 'queued', position: job.position });
    },
  };
  if (!attempt.jobId)
    return boxoffice.book(attempt.showId, attempt.seats, { ...options, key: attempt.key, waitSeconds });
  const job = await boxoffice.outcome(attempt.jobId, options);
  if (job.booking) return job.booking;
  throw job.problem ? new ProblemError(job.problem) : new NoAnswerError(new Error(`job ${job.id} is ${job.status}`));
}
