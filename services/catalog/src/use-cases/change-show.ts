import type { Author } from '@boxoffice/shared/contracts/audit';
import type { ShowChangeBody, ShowCreateBody, ShowView } from '@boxoffice/shared/contracts/catalog';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { SeatClaim } from '@boxoffice/shared/database/entities/booking';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { type SeatPlan, seatNumberOf } from '@boxoffice/shared/seats';
import { listLiveClaims, lockBookings } from '../repositories/seat-claims.ts';
import { getShowForChange, showFacts, writeShow } from '../repositories/shows.ts';

/**
 * Writes the given fields of a show and leaves the others as they are, unless a seat that someone
 * holds or has booked would be gone or would be another seat afterwards.
 *
 * @throws {ProblemError} show_not_found, has_bookings, validation_failed (no such movie)
 */
export async function changeShow(
  em: EntityManager,
  id: number,
  change: ShowChangeBody,
  author: Author,
): Promise<ShowView> {
  return em.transactional(async (em) => {
    // Before the row's lock, as a delete does: two orders would be a deadlock.
    if (change.total_seats !== undefined || change.seats_per_row !== undefined) await lockBookings(em, id);
    const show = await getShowForChange(em, id);
    const before = showFacts(show);
    const after = { ...before, ...change } as ShowCreateBody;
    if (losesSeats(before, after)) refuse(id, claimsInTheWay(await listLiveClaims(em, id), before, after));
    return writeShow(em, show, after, author);
  });
}

function losesSeats(before: SeatPlan, after: SeatPlan): boolean {
  return after.total_seats < before.total_seats || after.seats_per_row !== before.seats_per_row;
}

/** With other rows a label stands for another place in the hall, so every claim is in the way. */
function claimsInTheWay<Claim extends Pick<SeatClaim, 'seatNumber'>>(
  claims: Claim[],
  before: SeatPlan,
  after: SeatPlan,
): Claim[] {
  if (after.seats_per_row !== before.seats_per_row) return claims;
  return claims.filter(
    ({ seatNumber }) => (seatNumberOf(seatNumber, after) ?? Number.POSITIVE_INFINITY) > after.total_seats,
  );
}

function refuse(showId: number, inTheWay: Pick<SeatClaim, 'seatNumber' | 'bookingId'>[]): void {
  if (inTheWay.length === 0) return;
  const bookings = new Set(inTheWay.map((claim) => claim.bookingId)).size;
  const named = inTheWay.slice(0, 10).map((claim) => claim.seatNumber);
  const others = inTheWay.length - named.length;
  throw new ProblemError(
    'has_bookings',
    `${bookings === 1 ? '1 booking of' : `${bookings} bookings of`} show ${showId} ${bookings === 1 ? 'has' : 'have'} seats that ` +
      `this would remove or move: ${named.join(', ')}${others > 0 ? ` and ${others} more` : ''}.`,
  );
}
