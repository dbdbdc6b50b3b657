import { type Booking, ProblemError } from '@boxoffice/client';
import type { Buyer } from './buyers.ts';

/**
 * How a request ended: with one of the two outcomes; with neither, although it was or may have been
 * accepted (`unanswered`); turned away with a clear answer (`not accepted`); or with an answer that no
 * request should get (`fault`).
 */
export type Ending =
  | { kind: 'booked'; booking: Booking }
  | { kind: 'rejected'; code: string; seats: string[] }
  | { kind: 'unanswered' | 'not accepted' | 'fault'; detail: string };

export interface AttemptResult {
  ending: Ending;
  /** From the first byte sent to the 202, in milliseconds; null when there was none. */
  acceptedMs: number | null;
  /** From the first byte sent to the outcome known, in milliseconds. */
  outcomeMs: number;
  retries: number;
}

/** How long a request may take with all its tries and questions, in milliseconds. */
const patienceMs = 60_000;

/**
 * One buyer asks for one seat, and asks on until the outcome is known: with `Prefer: wait=10`, or by
 * polling after a 202. An Idempotency-Key makes it safe to try again whatever happens on the way.
 */
export async function requestSeat({
  show,
  run,
  buyer,
  seat,
  polls,
}: {
  show: number;
  run: string;
  buyer: Buyer;
  seat: string;
  polls: boolean;
}): Promise<AttemptResult> {
  const sentAt = performance.now();
  let retries = 0;
  let acceptedMs: number | null = null;
  const ending = await buyer.boxoffice
    .book(show, [seat], {
      waitSeconds: polls ? 0 : 10,
      key: run,
      patienceMs,
      onQueued: () => {
        acceptedMs ??= performance.now() - sentAt;
      },
      onRetry: () => retries++,
    })
    .then(
      (booking): Ending => ({ kind: 'booked', booking }),
      (error: Error) => endingOf(error, acceptedMs !== null),
    );
  return { ending, acceptedMs, outcomeMs: performance.now() - sentAt, retries };
}

function endingOf(error: Error, accepted: boolean): Ending {
  // No answer: it may have been accepted.
  if (!(error instanceof ProblemError)) return { kind: 'unanswered', detail: error.message };
  const { status, code, problem } = error;
  if (status === 409) return { kind: 'rejected', code, seats: problem.seats ?? [] };
  const detail = `${status} ${code} ${problem.detail}`;
  if (accepted && status !== 500) return { kind: 'unanswered', detail };
  if (status === 429 || status === 503) return { kind: problem.job_id ? 'unanswered' : 'not accepted', detail };
  return { kind: 'fault', detail };
}
