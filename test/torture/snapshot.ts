import { setTimeout as delay } from 'node:timers/promises';
import type { BookingRow, ClaimRow } from './checker/history.ts';
import type { World } from './world/world.ts';

interface Rows {
  bookings: BookingRow[];
  claims: ClaimRow[];
}

/** Both in one statement, and so of one moment. */
const sql = `select
  (select coalesce(json_agg(json_build_object('id', id, 'show', show_id, 'user', user_id, 'seats', seats,
    'status', status, 'cancelledBy', cancelled_by)), '[]') from booking.bookings where show_id = any($1)) as bookings,
  (select coalesce(json_agg(json_build_object('show', show_id, 'seat', seat_number, 'booking', booking_id)), '[]')
    from booking.seat_claims where show_id = any($1)) as claims`;

/** What the database holds of these shows once nothing moves any more: requests that nobody knows of may still be queued. */
export async function settledRows(world: World, shows: readonly number[]): Promise<Rows> {
  const read = async () => (await world.servers.sql<Rows>(sql, [shows]))[0] ?? { bookings: [], claims: [] };
  let rows = await read();
  for (let tries = 20; tries > 0; tries--) {
    await delay(250);
    const later = await read();
    if (JSON.stringify(later) === JSON.stringify(rows)) return later;
    rows = later;
  }
  return rows;
}
