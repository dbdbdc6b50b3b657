/**
 * A booking that is under way. It is written down before its request leaves, with the Idempotency-Key:
 * after a reload, or a lost connection, the same key finds the same request again. In sessionStorage:
 * it belongs to this tab.
 */
import { type Booking, NoAnswerError, ProblemError, randomKey } from '@boxoffice/client';
import { boxoffice } from './session.ts';
import { troubleOf } from './words.ts';

export interface Attempt {
  showId: number;
  seats: string[];
  key: string;
  startedAt: number;
  /** Known once it was accepted. */
  jobId?: string;
}

/** What is to be said while it goes on. */
export type Progress = { kind: 'sending' } | { kind: 'waiting'; position: number } | { kind: 'trouble'; text: string };

/** Long before the server forgets a key, and longer than anybody waits. */
const resumableMs = 30 * 60_000;
/** An outcome that comes within this is the answer itself; else the answer is a place in the line. */
const waitSeconds = 1;

const nameOf = (showId: number) => `boxoffice.attempt.${showId}`;

/** Writes down what is about to be asked for. */
export function beginAttempt(showId: number, seats: string[]): Attempt {
  const attempt = { showId, seats, key: randomKey(), startedAt: Date.now() };
  write(attempt);
  return attempt;
}

/** The attempt on this show that a reload, or the like, has cut short. */
export function findAttempt(showId: number): Attempt | null {
  const attempt = JSON.parse(sessionStorage.getItem(nameOf(showId)) ?? 'null') as Attempt | null;
  return attempt && Date.now() - attempt.startedAt < resumableMs ? attempt : null;
}

export function forgetAttempt(showId: number): void {
  sessionStorage.removeItem(nameOf(showId));
}

function write(attempt: Attempt): void {
  sessionStorage.setItem(nameOf(attempt.showId), JSON.stringify(attempt));
}

/**
 * Sees an attempt through, from wherever it stands: as long as it takes, whatever is out of order meanwhile.
 *
 * @throws {ProblemError} why not: seat_taken names the seats; unauthenticated: sign in, and go on
 */
export async function seeThrough(
  attempt: Attempt,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: Progress) => void },
): Promise<Booking> {
  const options = {
    signal,
    live: true,
    patienceMs: Number.POSITIVE_INFINITY,
    onRetry: (reason: unknown) => onProgress({ kind: 'trouble', text: troubleOf(reason) }),
    onQueued(job: { id: string; position: number }) {
      if (!signal.aborted) write({ ...attempt, jobId: job.id });
      onProgress({ kind: 'waiting', position: job.position });
    },
  };
  if (!attempt.jobId)
    return boxoffice.book(attempt.showId, attempt.seats, { ...options, key: attempt.key, waitSeconds });
  const job = await boxoffice.outcome(attempt.jobId, options);
  if (job.booking) return job.booking;
  throw job.problem ? new ProblemError(job.problem) : new NoAnswerError(new Error(`job ${job.id} is ${job.status}`));
}
