/**
 * A request for a hold, in progress. It is stored with its Idempotency-Key before it is sent: after a reload or an
 * outage, the same key resumes the same request. In sessionStorage, as it belongs to this tab.
 */
import { type Booking, type HoldInput, NoAnswerError, ProblemError, randomKey } from '@boxoffice/client';
import { outageMessage } from '../lib/errors.ts';
import { formatCount, formatList } from '../lib/format.ts';
import { boxoffice } from '../lib/session.ts';

/** Seats of a show, named or the best, and the total that the user has seen. */
export interface Wish extends HoldInput {
  seats?: string[];
}

export interface HoldAttempt {
  showId: number;
  wish: Wish;
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

const storageKey = (showId: number) => `boxoffice.hold.${showId}`;

/** Stores an attempt before its request is sent. */
export function startAttempt(showId: number, wish: Wish): HoldAttempt {
  const attempt = { showId, wish, key: randomKey(), startedAt: Date.now() };
  store(attempt);
  return attempt;
}

/** The unfinished attempt for this show, if any. */
export function findAttempt(showId: number): HoldAttempt | null {
  const attempt = JSON.parse(sessionStorage.getItem(storageKey(showId)) ?? 'null') as HoldAttempt | null;
  return attempt && Date.now() - attempt.startedAt < resumableMs ? attempt : null;
}

export function forgetAttempt(showId: number): void {
  sessionStorage.removeItem(storageKey(showId));
}

/** `A5 and A6`, `the best 2 seats` */
export function describeWish({ seats = [], best }: Wish): string {
  if (!best) return formatList(seats);
  return best.count === 1 ? 'the best seat' : `the best ${formatCount(best.count, 'seat')}`;
}

function store(attempt: HoldAttempt): void {
  sessionStorage.setItem(storageKey(attempt.showId), JSON.stringify(attempt));
}

/**
 * Completes an attempt, from whichever step it had reached, retrying for as long as an outage lasts.
 *
 * @throws {ProblemError} `seat_taken` names the seats; after `unauthenticated`, sign in and call it again
 */
export async function completeAttempt(
  attempt: HoldAttempt,
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
    return boxoffice.hold(attempt.showId, attempt.wish, { ...options, key: attempt.key, waitSeconds });
  const job = await boxoffice.outcome(attempt.jobId, options);
  if (job.booking) return job.booking;
  throw job.problem ? new ProblemError(job.problem) : new NoAnswerError(new Error(`job ${job.id} is ${job.status}`));
}
