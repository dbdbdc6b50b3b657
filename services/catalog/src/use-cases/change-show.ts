import type { Author } from '@boxoffice/shared/contracts/audit';
import type { ShowChangeBody, ShowCreateBody, ShowView } from '@boxoffice/shared/contracts/catalog';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { SeatClaim } from '@boxoffice/shared/database/entities/booking';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { type SeatPlan, seatNumberOf } from '@boxoffice/shared/seats';
import { listLiveClaims, lockBookings } from '../repositories/seat-claims.ts';
import { getShowForChange, showFacts, writeShow } from '../repositories/shows.ts';

/**
 * Writes the given fields of a show only. Refused if that would remove or move a seat that is held or
 * booked.
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
    // Before the row lock, in the same order as delete-show, or the two could deadlock.
    if (change.total_seats !== undefined || change.seats_per_row !== undefined) await lockBookings(em, id);
    const show = await getShowForChange(em, id);
    const before = showFacts(show);
    const after = { ...before, ...change } as ShowCreateBody & SeatPlan;
    if (losesSeats(before, after)) assertNoneAffected(id, affectedClaims(await listLiveClaims(em, id), before, after));
    return writeShow(em, show, after, author);
  });
}

function losesSeats(before: SeatPlan, after: SeatPlan): boolean {
  return after.total_seats < before.total_seats || after.seats_per_row !== before.seats_per_row;
}

/** With other rows every label names another seat of the hall, so every claim is affected. */
function affectedClaims<Claim extends Pick<SeatClaim, 'seatNumber'>>(
  claims: Claim[],
  before: SeatPlan,
  after: SeatPlan,
): Claim[] {
  if (after.seats_per_row !== before.seats_per_row) return claims;
  return claims.filter(
    ({ seatNumber }) => (seatNumberOf(seatNumber, after) ?? Number.POSITIVE_INFINITY) > after.total_seats,
  );
}

function assertNoneAffected(showId: number, affected: Pick<SeatClaim, 'seatNumber' | 'bookingId'>[]): void {
  if (affected.length === 0) return;
  const bookings = new Set(affected.map((claim) => claim.bookingId)).size;
  const listed = affected.slice(0, 10).map((claim) => claim.seatNumber);
  const others = affected.length - listed.length;
  throw new ProblemError(
    'has_bookings',
    `${bookings === 1 ? '1 booking of' : `${bookings} bookings of`} show ${showId} ${bookings === 1 ? 'has' : 'have'} seats that ` +
      `this would remove or move: ${listed.join(', ')}${others > 0 ? ` and ${others} more` : ''}.`,
  );
}
