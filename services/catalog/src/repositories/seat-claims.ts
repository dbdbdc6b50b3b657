/**
 * Reads of the booking schema, which the catalog never writes. A claim is live while its seat is booked,
 * or held and not expired by the database's clock: an expired hold no longer counts, even if its row
 * is still there.
 */
import { Booking, type SeatClaim } from '@boxoffice/shared/database/entities/booking';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { showLockClass } from '@boxoffice/shared/database/show-lock';
import type { Occupancy } from '@boxoffice/shared/seats';

const isLive = '(expires_at is null or expires_at > now())';

/** How many seats of each of these shows are held or booked. Shows without any are left out. */
export async function countLiveClaims(em: EntityManager, showIds: number[]): Promise<Map<number, number>> {
  if (showIds.length === 0) return new Map();
  const rows = await em.execute<{ show_id: number; claims: number }[]>(
    `select show_id, count(*)::int as claims from booking.seat_claims where show_id in (?) and ${isLive} group by show_id`,
    [showIds],
  );
  return new Map(rows.map((row) => [row.show_id, row.claims]));
}

/** The live claims of a show, with their bookings. */
export async function listLiveClaims(
  em: EntityManager,
  showId: number,
): Promise<Pick<SeatClaim, 'seatNumber' | 'bookingId'>[]> {
  return em.execute(
    `select seat_number as "seatNumber", booking_id as "bookingId"
     from booking.seat_claims where show_id = ? and ${isLive} order by seat_number`,
    [showId],
  );
}

/** How many bookings a show has had, including cancelled ones. */
export async function countBookings(em: EntityManager, showId: number): Promise<number> {
  return em.count(Booking, { showId });
}

/**
 * Waits for the transactions that are booking seats of this show, and makes later ones wait until this
 * transaction ends. Call it before the statements that read the bookings.
 */
export async function lockBookings(em: EntityManager, showId: number): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(?, ?)', [showLockClass, showId]);
}

/**
 * Reads the plan and the claims of these shows in one statement, so that they are consistent and of two
 * successive calls the second is never older. Shows that do not exist are left out.
 */
export async function findOccupancies(em: EntityManager, showIds: number[]): Promise<Map<number, Occupancy>> {
  const labels = (condition: string) =>
    `coalesce(string_agg(seat_number, ' ' order by seat_number) filter (where ${condition}), '')`;
  const rows = await em.execute<(Occupancy & { id: number })[]>(
    `select id, total_seats, seats_per_row, layout_id, prices, booked, held
     from catalog.shows cross join lateral (
       select ${labels('expires_at is null')} as booked, ${labels('expires_at > now()')} as held
       from booking.seat_claims where show_id = shows.id) as seats
     where id in (?)`,
    [showIds],
  );
  return new Map(rows.map(({ id, ...occupancy }) => [id, occupancy]));
}
