import type { BookBody } from '@boxoffice/shared/contracts/booking';
import type { BookRequest, RequestKey } from '@boxoffice/shared/contracts/jobs';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { findSeat } from '@boxoffice/shared/seats';
import type { BookableShow, CatalogClient } from '../catalog/index.ts';

export interface DraftBookingDependencies {
  catalog: Pick<CatalogClient, 'getShowFacts'>;
}

/**
 * Checks a booking request against its show and converts it for the queue.
 *
 * @throws {ProblemError} show_not_found, show_started; validation_failed for a seat that the show does not have
 */
export async function draftBooking(
  { catalog }: DraftBookingDependencies,
  request: { showId: number; userId: number; body: BookBody; key: RequestKey | undefined; requestId: string },
): Promise<Omit<BookRequest, 'id'>> {
  const show = await catalog.getShowFacts(request.showId, request.requestId);
  if (Date.parse(show.date_time) <= Date.now())
    throw new ProblemError('show_started', 'The show has started. Its seats are no longer sold.');
  const seats = labelsOf(request.body, show);
  const { userId, requestId, key } = request;
  return { kind: 'book', show_id: show.id, user_id: userId, seats, request_id: requestId, ...(key && { key }) };
}

/** The labels of the requested seats. */
function labelsOf(body: BookBody, show: BookableShow): string[] {
  const names = body.seats ?? [body.seat_number ?? ''];
  const field = body.seats ? 'seats' : 'seat_number';
  const invalid = (message: string) =>
    new ProblemError('validation_failed', message, { errors: { [field]: [message] } });
  const labels = names.map((name) => {
    const label = findSeat(name, show);
    if (!label)
      throw invalid(
        `Show ${show.id} has no seat ${JSON.stringify(name)}: it has ${show.total_seats} seats${show.layout ? '' : ` in rows of ${show.seats_per_row}`}.`,
      );
    return label;
  });
  if (new Set(labels).size < labels.length) throw invalid('Each seat may be listed only once.');
  return labels;
}
