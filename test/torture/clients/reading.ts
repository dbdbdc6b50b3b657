import { type Kind, makesBooking, type Outcome, type Sighting } from '../checker/history.ts';
import type { Answer, Body } from './http.ts';

/** The meaning of a response to a request that makes or changes a booking. */
export type Reading =
  | { says: 'accepted'; id: string | null; what: Sighting['what']; payment?: Body }
  /** Certainly not accepted: it may be tried again as if it had never been sent. */
  | { says: 'refused'; code: string }
  | { says: 'unknown'; possibleId?: string | undefined }
  | { says: 'nonsense'; text: string };

/** Refusals after which nothing was accepted, unless they name a job. */
const refusals = new Set([
  'queue_full',
  'queue_unavailable',
  'database_unavailable',
  'catalog_unavailable',
  'service_unavailable',
  'too_many_requests',
  'idempotency_in_progress',
]);

/** Refusals of a payment that may come when its request has been decided. */
const lateRefusals = new Set(['payments_unavailable', 'database_unavailable']);

/** Outcomes of requests that were accepted and rejected, by the rules of the show or the state of its seats. */
const rejections = new Set([
  'seat_taken',
  'booking_not_found',
  'no_seats_together',
  'price_changed',
  'limit_reached',
  'hold_expired',
  'show_cancelled',
  'nothing_due',
]);

export function readPost(kind: Kind, answer: Answer | null): Reading {
  if (!answer) return { says: 'unknown' };
  const { status, body } = answer;
  if (status === 202 && body.id) return { says: 'accepted', id: body.id, what: whatOf(body) };
  if (makesBooking({ kind }) && status === 201 && body.id)
    return { says: 'accepted', id: body.id, what: { status: 'succeeded', ...bookingOf(body) } };
  if (kind === 'checkout' && status === 201)
    return { says: 'accepted', id: null, what: { status: 'succeeded', booking: body.booking_id }, payment: body };
  // The payment is added when the line has extended the hold: a refusal may come after that.
  if (kind === 'checkout' && lateRefusals.has(body.code ?? '')) return { says: 'unknown', possibleId: body.job_id };
  // The answer to a change is the booking; it does not name the request.
  if (!makesBooking({ kind }) && status === 200)
    return { says: 'accepted', id: null, what: { status: 'succeeded', booking: body.id } };
  // A gateway that knows that the show is cancelled queues nothing.
  if (body.code === 'show_cancelled' && !body.job_id) return { says: 'refused', code: body.code };
  if (body.code && rejections.has(body.code))
    return {
      says: 'accepted',
      id: body.job_id ?? null,
      what: { status: 'rejected', code: body.code, taken: labels(body.seats) },
    };
  // A wait may have ended in a fault of ours.
  if (body.code === 'internal_error' && body.job_id)
    return { says: 'accepted', id: body.job_id, what: { status: 'failed', code: body.code } };
  if (body.code && refusals.has(body.code))
    return body.job_id ? { says: 'unknown', possibleId: body.job_id } : { says: 'refused', code: body.code };
  return { says: 'nonsense', text: `${status} ${body.code ?? JSON.stringify(body)}` };
}

/** Reads the outcome from a job: the body of a poll, an event or a 202. */
export function whatOf(job: Body): Outcome | 'pending' {
  if (job.status === 'succeeded' || job.status === 'rejected' || job.status === 'failed')
    return {
      status: job.status,
      code: job.problem?.code,
      taken: labels(job.problem?.seats),
      ...(job.booking && bookingOf(job.booking)),
    };
  return 'pending';
}

/** What matters of a booking as a request left it. The database's time is put on the clock of the histories. */
function bookingOf({ id, expires_at: expires }: Body): Pick<Outcome, 'booking' | 'expires'> {
  return { booking: id, ...(expires !== undefined && { expires: Date.parse(expires) - performance.timeOrigin }) };
}

const labels = (seats: unknown[] | undefined) => seats as string[] | undefined;
