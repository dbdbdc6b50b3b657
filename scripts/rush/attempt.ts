import { setTimeout as delay } from 'node:timers/promises';
import { type Booking, type BookingOptions, ProblemError } from '@boxoffice/client';
import type { Buyer } from './buyers.ts';

/**
 * How a request ended: `booked` or `rejected`; `expired` if the seat was held and the buyer did not confirm it in
 * time; `unanswered` if it was, or may have been, accepted but its
 * outcome is unknown; `not accepted` if it was clearly turned away; `fault` if the response is one that no
 * request should get.
 */
export type Ending =
  | { kind: 'booked' | 'expired'; booking: Booking }
  | { kind: 'rejected'; code: string; seats: string[] }
  | { kind: 'unanswered' | 'not accepted' | 'fault'; detail: string };

export interface AttemptResult {
  ending: Ending;
  /** Time to the 202, in milliseconds; null when there was none. */
  acceptedMs: number | null;
  /** Time until the outcome was known, or that of the hold if there is one, in milliseconds. */
  outcomeMs: number;
  retries: number;
}

/** How long a request may take, retries and polling included, in milliseconds. */
const patienceMs = 60_000;

/** What a buyer does with a hold: confirms it after this long, or never. */
export interface HoldPlan {
  confirms: boolean;
  thinkMs: number;
}

/**
 * Requests one seat for one buyer and waits until the outcome is known: with `Prefer: wait=10`, or by
 * polling after a 202. An Idempotency-Key makes retries safe. A buyer who holds it first resolves once they have
 * confirmed it, or know that they will not.
 */
export async function requestSeat({
  show,
  run,
  buyer,
  seat,
  polls,
  holds = null,
}: {
  show: number;
  run: string;
  buyer: Buyer;
  seat: string;
  polls: boolean;
  holds?: HoldPlan | null;
}): Promise<AttemptResult> {
  const { boxoffice } = buyer;
  const sentAt = performance.now();
  let retries = 0;
  let acceptedMs: number | null = null;
  const options = {
    waitSeconds: polls ? 0 : 10,
    key: run,
    patienceMs,
    onQueued: () => {
      acceptedMs ??= performance.now() - sentAt;
    },
    onRetry: () => retries++,
  };
  let outcomeMs = 0;
  const timed = (booking: Booking) => {
    outcomeMs = performance.now() - sentAt;
    return booking;
  };
  const decided = holds
    ? boxoffice.hold(show, { seats: [seat] }, options).then(timed)
    : boxoffice.book(show, [seat], options).then(timed);
  const ending = await decided.then(
    (booking): Ending | Promise<Ending> =>
      holds ? confirmLater(buyer, booking, holds, options) : { kind: 'booked', booking },
    (error: Error) => endingOf(error, acceptedMs !== null),
  );
  return { ending, acceptedMs, outcomeMs: outcomeMs || performance.now() - sentAt, retries };
}

async function confirmLater(
  { boxoffice }: Buyer,
  hold: Booking,
  { confirms, thinkMs }: HoldPlan,
  { waitSeconds, key, onRetry }: BookingOptions,
): Promise<Ending> {
  if (!confirms) return { kind: 'expired', booking: hold };
  await delay(thinkMs);
  const options = { ...(waitSeconds !== undefined && { waitSeconds }), ...(onRetry && { onRetry }) };
  return boxoffice.confirm(hold.id, { ...options, key: `${key}-confirm`, patienceMs }).then(
    (booking): Ending => ({ kind: 'booked', booking }),
    (error: Error) => {
      const isLate = error instanceof ProblemError && error.code === 'hold_expired';
      return isLate ? { kind: 'expired', booking: hold } : endingOf(error, true);
    },
  );
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
