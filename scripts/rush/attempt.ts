import { setTimeout as delay } from 'node:timers/promises';
import type { BookingView, JobView } from '@boxoffice/shared/contracts/booking';
import type { Problem } from '@boxoffice/shared/contracts/problems';
import type { Buyer } from './buyers.ts';
import { type Answer, ask, askPolitely, retryAfterMs } from './http.ts';

/**
 * How a request ended: with one of the two outcomes; with neither, although it was or may have been
 * accepted (`unanswered`); turned away with a clear answer (`not accepted`); or with an answer that no
 * request should get (`fault`).
 */
export type Ending =
  | { kind: 'booked'; booking: BookingView }
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
  url,
  show,
  run,
  buyer,
  seat,
  polls,
}: {
  url: string;
  show: number;
  run: string;
  buyer: Buyer;
  seat: string;
  polls: boolean;
}): Promise<AttemptResult> {
  const sentAt = performance.now();
  const deadline = sentAt + patienceMs;
  let retries = 0;
  let acceptedMs: number | null = null;
  const end = (ending: Ending): AttemptResult => ({
    ending,
    acceptedMs,
    outcomeMs: performance.now() - sentAt,
    retries,
  });
  try {
    const answer = await askPolitely<BookingView | JobView>(
      `${url}/api/shows/${show}/book/`,
      {
        body: { seat_number: seat },
        token: buyer.token,
        headers: { prefer: polls ? 'respond-async' : 'wait=10', 'idempotency-key': run },
      },
      { deadline, onRetry: () => retries++ },
    );
    if (answer.status !== 202) return end(endingOf(answer));
    acceptedMs = performance.now() - sentAt;
    return end(await poll(url, answer as Answer<JobView>, buyer, deadline, () => retries++));
  } catch (error) {
    // No answer: it may have been accepted.
    return end({ kind: 'unanswered', detail: (error as Error).message });
  }
}

/** Asks what became of a job, as often as `Retry-After` allows. */
async function poll(
  url: string,
  accepted: Answer<JobView>,
  { token }: Buyer,
  deadline: number,
  onRetry: () => void,
): Promise<Ending> {
  const location = new URL(accepted.headers.get('location') ?? '', url).href;
  for (let { headers } = accepted; performance.now() < deadline; ) {
    await delay(retryAfterMs(headers));
    const answer = await ask<JobView>(location, { token }).catch(() => null);
    if (answer?.status === 200) {
      if (answer.body.status !== 'queued' && answer.body.status !== 'active') return endingOfJob(answer.body);
    } else if (answer && answer.status !== 429 && answer.status !== 503) {
      return { kind: 'unanswered', detail: `${location} answers ${answer.status}` };
    } else {
      onRetry();
    }
    headers = answer?.headers ?? new Headers();
  }
  return { kind: 'unanswered', detail: `no outcome after ${patienceMs / 1_000} s` };
}

function endingOfJob(job: JobView): Ending {
  if (job.status === 'succeeded' && job.booking) return { kind: 'booked', booking: job.booking };
  if (job.status === 'rejected' && job.problem) {
    return { kind: 'rejected', code: job.problem.code, seats: job.problem.seats ?? [] };
  }
  return { kind: 'fault', detail: job.problem?.detail ?? `the job is ${job.status} and does not say why` };
}

function endingOf({ status, body }: Answer<BookingView | JobView | Problem>): Ending {
  if (status === 201) return { kind: 'booked', booking: body as BookingView };
  const { code, detail, seats = [], job_id } = (body ?? {}) as Partial<Problem>;
  if (status === 409 && code) return { kind: 'rejected', code, seats };
  if ((status === 429 || status === 503) && code) {
    return { kind: job_id ? 'unanswered' : 'not accepted', detail: `${status} ${code}` };
  }
  return { kind: 'fault', detail: `${status} ${code ?? ''} ${detail ?? ''}`.trimEnd() };
}
