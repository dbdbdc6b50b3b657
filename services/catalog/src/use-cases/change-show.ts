import type { ShowChangeBody, ShowCreateBody, ShowFacts, ShowView } from '@boxoffice/shared/contracts/catalog';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { SeatClaim } from '@boxoffice/shared/database/entities/booking';
import type { Show } from '@boxoffice/shared/database/entities/catalog';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { seatNumberOf } from '@boxoffice/shared/seats';
import { getMovieOfShow, lockMovieOfShow } from '../repositories/movies.ts';
import { assertScreenFree } from '../repositories/screen-slots.ts';
import { listLiveClaims, lockBookings } from '../repositories/seat-claims.ts';
import { getShowForChange, showFacts, writeShow } from '../repositories/shows.ts';
import { categoriesOf, changedHall, defaultSeatsPerRow, type Hall } from './find-hall.ts';
import { changeRules } from './rules-of-sale.ts';
import { screenSlot } from './screen-slot.ts';
import type { ShowContext } from './show-context.ts';

/**
 * Writes the given fields of a show only. Refused if that would remove or move a seat that is held or
 * booked.
 *
 * @throws {ProblemError} show_not_found, has_bookings, screen_busy; validation_failed, also if there is no such
 * movie or screen
 */
export async function changeShow(
  em: EntityManager,
  id: number,
  change: ShowChangeBody,
  context: ShowContext,
): Promise<ShowView> {
  return em.transactional(async (em) => {
    const { total_seats, seats_per_row, screen_id, movie_id: newMovie } = change;
    // Before the row lock, in the same order as delete-show, or the two could deadlock.
    if ([total_seats, seats_per_row, screen_id].some((field) => field !== undefined)) await lockBookings(em, id);
    if ([newMovie, change.date_time, screen_id].some((field) => field !== undefined))
      await lockMovieOfShow(em, id, newMovie);
    const show = await getShowForChange(em, id);
    const before = showFacts(show);
    const hall = await changedHall(em, before, change);
    const rules = changeRules(before, change, {
      categories: await categoriesOf(em, hall),
      canPayOnline: context.canPayOnline,
    });
    if (losesSeats(before, hall)) assertNoneAffected(id, affectedClaims(await listLiveClaims(em, id), before, hall));
    const { movie_id = before.movie_id, date_time = before.date_time } = change;
    const after = { ...before, ...hall, ...rules, movie_id, date_time };
    return writeShow(em, show, { ...after, busy_until: await findBusyUntil(em, show, after, context) }, context.author);
  });
}

/** As `changeShow`, but fields that the request leaves out get their defaults. */
export function replaceShow(
  em: EntityManager,
  id: number,
  body: ShowCreateBody,
  context: ShowContext,
): Promise<ShowView> {
  const { screen_id = null, seats_per_row } = body;
  return changeShow(
    em,
    id,
    { ...body, screen_id, seats_per_row: screen_id === null ? (seats_per_row ?? defaultSeatsPerRow) : undefined },
    context,
  );
}

/** When the screen is free again after the show. If that changes, checks that the screen is free for the show. */
async function findBusyUntil(
  em: EntityManager,
  show: Show,
  after: ShowFacts,
  { turnaroundMinutes }: ShowContext,
): Promise<Date | null> {
  if (after.screen_id === null) return null;
  const before = showFacts(show);
  const start = new Date(after.date_time);
  const isSameTime = start.getTime() === show.dateTime.getTime() && after.movie_id === before.movie_id;
  if (isSameTime && after.screen_id === before.screen_id) return show.busyUntil ?? null;
  const { durationMinutes } = await getMovieOfShow(em, after.movie_id);
  const time = screenSlot(start, durationMinutes + turnaroundMinutes);
  if (after.status === 'scheduled') await assertScreenFree(em, after.screen_id, [{ ...time, showId: show.id }]);
  return time.until;
}

function losesSeats(before: Hall, after: Hall): boolean {
  return isOtherSeating(before, after) || after.total_seats < before.total_seats;
}

function isOtherSeating(before: Hall, after: Hall): boolean {
  return before.layout_id !== after.layout_id || before.seats_per_row !== after.seats_per_row;
}

/** With another layout or other rows every label names another seat of the hall, so every claim is affected. */
function affectedClaims<Claim extends Pick<SeatClaim, 'seatNumber'>>(
  claims: Claim[],
  before: Hall,
  after: Hall,
): Claim[] {
  if (isOtherSeating(before, after)) return claims;
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
