import type { BookBody, JobView } from '@boxoffice/shared/contracts/booking';
import type { ShowFacts } from '@boxoffice/shared/contracts/catalog';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { findSeat } from '@boxoffice/shared/seats';
import type { Parts } from '../parts.ts';
import { submitRequest } from './submit-request.ts';

/**
 * Checks a booking request against its show and queues it.
 *
 * @param request.waitMs how long to wait for the outcome, in milliseconds; 0: not at all
 * @returns the job: decided when the outcome came in time, else queued
 * @throws {ProblemError} show_not_found, show_started, validation_failed for a seat that the show
 *   does not have, and what submitRequest throws
 */
export async function requestBooking(
  parts: Pick<Parts, 'answers' | 'bookings' | 'catalog' | 'queue'>,
  request: {
    showId: number;
    userId: number;
    body: BookBody;
    waitMs: number;
    idempotencyKey: string | undefined;
    requestId: string;
  },
): Promise<JobView> {
  const show = await parts.catalog.getShowFacts(request.showId, request.requestId);
  if (Date.parse(show.date_time) <= Date.now())
    throw new ProblemError('show_started', 'The show has started: its seats are not sold any more.');
  const seats = seatsOf(request.body, show);
  return submitRequest(
    parts,
    { kind: 'book', show_id: show.id, user_id: request.userId, seats, request_id: request.requestId },
    { waitMs: request.waitMs, idempotencyKey: request.idempotencyKey },
  );
}

/** The labels of the seats asked for. */
function seatsOf(body: BookBody, show: ShowFacts): string[] {
  const names = body.seats ?? [body.seat_number ?? ''];
  const field = body.seats ? 'seats' : 'seat_number';
  const invalid = (message: string) =>
    new ProblemError('validation_failed', message, { errors: { [field]: [message] } });
  const labels = names.map((name) => {
    const label = findSeat(name, show);
    if (!label)
      throw invalid(
        `Show ${show.id} has no seat ${JSON.stringify(name)}: it has ${show.total_seats} seats in rows of ${show.seats_per_row}.`,
      );
    return label;
  });
  if (new Set(labels).size < labels.length) throw invalid('Every seat may be named once.');
  return labels;
}
