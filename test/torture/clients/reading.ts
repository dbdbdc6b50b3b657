import type { Outcome, Sighting } from '../checker/history.ts';
import type { Answer, Body } from './http.ts';

/** The meaning of a response to a booking or cancellation. */
export type Reading =
  | { says: 'accepted'; id: string | null; what: Sighting['what'] }
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

export function readPost(kind: 'book' | 'cancel', answer: Answer | null): Reading {
  if (!answer) return { says: 'unknown' };
  const { status, body } = answer;
  if (status === 202 && body.id) return { says: 'accepted', id: body.id, what: whatOf(body) };
  if (kind === 'book' && status === 201 && body.id)
    return { says: 'accepted', id: body.id, what: { status: 'succeeded', booking: body.id } };
  // A cancellation's answer is the booking; it does not name the request.
  if (kind === 'cancel' && status === 200)
    return { says: 'accepted', id: null, what: { status: 'succeeded', booking: body.id } };
  if (body.code === 'seat_taken' || body.code === 'booking_not_found')
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
    return { status: job.status, code: job.problem?.code, taken: labels(job.problem?.seats), booking: job.booking?.id };
  return 'pending';
}

const labels = (seats: unknown[] | undefined) => seats as string[] | undefined;
