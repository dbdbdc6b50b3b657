import { type Booking, ProblemError } from '@boxoffice/client';
import type { Buyer } from './buyers.ts';

/**
 * How a request ended: `booked` or `rejected`; `unanswered` if it was, or may have been, accepted but its
 * outcome is unknown; `not accepted` if it was clearly turned away; `fault` if the response is one that no
 * request should get.
 */
export type Ending =
  | { kind: 'booked'; booking: Booking }
  | { kind: 'rejected'; code: string; seats: string[] }
  | { kind: 'unanswered' | 'not accepted' | 'fault'; detail: string };

export interface AttemptResult {
  ending: Ending;
  /** Time to the 202, in milliseconds; null when there was none. */
  acceptedMs: number | null;
  /** Time until the outcome was known, in milliseconds. */
  outcomeMs: number;
  retries: number;
}

/** How long a request may take, retries and polling included, in milliseconds. */
const patienceMs = 60_000;

/**
 * Requests one seat for one buyer and waits until the outcome is known: with `Prefer: wait=10`, or by
 * polling after a 202. An Idempotency-Key makes retries safe.
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
  // Without a response it may have been accepted.
  if (!(error instanceof ProblemError)) return { kind: 'unanswered', detail: error.message };
  const { status, code, problem } = error;
  if (status === 409) return { kind: 'rejected', code, seats: problem.seats ?? [] };
  const detail = `${status} ${code} ${problem.detail}`;
  if (accepted && status !== 500) return { kind: 'unanswered', detail };
  if (status === 429 || status === 503) return { kind: problem.job_id ? 'unanswered' : 'not accepted', detail };
  return { kind: 'fault', detail };
}
