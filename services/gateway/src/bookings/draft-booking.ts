import type { BookBody, HoldBody } from '@boxoffice/shared/contracts/booking';
import type { BookRequest, HoldRequest } from '@boxoffice/shared/contracts/jobs';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { findSeat } from '@boxoffice/shared/seats';
import type { BookableShow, CatalogClient } from '../catalog/index.ts';
import { type Asked, askedFields } from './submit-request.ts';

export interface DraftBookingDependencies {
  catalog: Pick<CatalogClient, 'getShowFacts'>;
}

/**
 * Checks a booking request against its show and converts it for the queue.
 *
 * @throws {ProblemError} show_not_found, show_started, show_cancelled; validation_failed for a seat that the show
 * does not have
 */
export async function draftBooking(
  dependencies: DraftBookingDependencies,
  request: Asked & { body: BookBody },
): Promise<Omit<BookRequest, 'id'>> {
  const show = await getShowOnSale(dependencies, request);
  const { seats, seat_number: seat = '' } = request.body;
  const labels = seats ? labelsOf('seats', seats, show) : labelsOf('seat_number', [seat], show);
  return { kind: 'book', seats: labels, ...askedFields(request) };
}

/**
 * Checks a request for a hold against its show and converts it for the queue.
 *
 * @throws {ProblemError} show_not_found, show_started, show_cancelled; validation_failed for a seat that the show
 * does not have
 */
export async function draftHold(
  dependencies: DraftBookingDependencies,
  request: Asked & { body: HoldBody; holdSeconds: number },
): Promise<Omit<HoldRequest, 'id'>> {
  const show = await getShowOnSale(dependencies, request);
  const { seats, best, expected_total, replace } = request.body;
  return {
    kind: 'hold',
    wish: best ? { best } : { seats: labelsOf('seats', seats ?? [], show) },
    hold_seconds: request.holdSeconds,
    ...(expected_total !== undefined && { expected_total }),
    ...(replace && { replace }),
    ...askedFields(request),
  };
}

/** Refuses early only what can no longer change; the other rules are applied when the request is decided. */
async function getShowOnSale(
  { catalog }: DraftBookingDependencies,
  { showId, requestId }: Asked,
): Promise<BookableShow> {
  const show = await catalog.getShowFacts(showId, requestId);
  if (show.status === 'cancelled')
    throw new ProblemError('show_cancelled', 'The show has been cancelled. Its seats are no longer sold.');
  if (Date.parse(show.date_time) <= Date.now())
    throw new ProblemError('show_started', 'The show has started. Its seats are no longer sold.');
  return show;
}

/** The labels of the requested seats. */
function labelsOf(field: string, names: readonly (string | number)[], show: BookableShow): string[] {
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
