import type { PoolClient } from 'pg';
import type { BookingRow, State } from '../decide/state.ts';
import { presenceClass } from '../leases/leases.ts';
import type { Batch } from './batch.ts';
import { LeaseLost } from './errors.ts';
import { sortedUnique } from './sorted-unique.ts';

/**
 * Reads all that deciding a batch needs, in one statement and so from one snapshot. Must run under the
 * locks that begin the transaction: then a lease that is held now is ours until the next owner can see what we commit.
 *
 * @throws {LeaseLost} when one of the leases is no longer held
 */
export async function readState(client: PoolClient, { requests, leases, following }: Batch): Promise<State> {
  const shows = [...new Set(requests.map((request) => request.show_id))];
  // What the following requests cancelled in an earlier run is taken back, so it must be read too.
  const cancels = following.filter((request) => request.kind === 'cancel' && shows.includes(request.show_id));
  const bookings = [...requests, ...cancels].map((request) => ({
    show_id: request.show_id,
    id: request.kind === 'book' ? request.id : request.booking_id,
  }));
  const seats = requests.flatMap((request) =>
    request.kind === 'book' ? request.seats.map((seat_number) => ({ show_id: request.show_id, seat_number })) : [],
  );
  const sessions = sortedUnique(leases.map((lease) => lease.session));
  const { rows } = await client.query<StateRow>({
    name: 'read state',
    text: readStateSql,
    values: [shows, bookings, seats, sessions].map((value) => JSON.stringify(value)),
  });
  const [row] = rows as [StateRow];
  if (row.lost.length > 0) throw new LeaseLost(row.lost);
  return {
    now: new Date(row.now),
    shows: new Map(row.shows.map((show) => [show.id, show])),
    bookings: row.bookings.map(bookingRow),
    claims: row.claims.map((claim) => ({
      showId: claim.show_id,
      seat: claim.seat_number,
      bookingId: claim.booking_id,
    })),
  };
}

/** Row by row (`lateral … limit 1`), so that the only possible plan looks up each key. */
const readStateSql = `
  select
    (select coalesce(json_agg(session::int), '[]') from json_array_elements_text($4::json) as session
      where pg_try_advisory_xact_lock_shared(${presenceClass}, session::int)) as lost,
    date_trunc('milliseconds', transaction_timestamp()) as now,
    (select coalesce(json_agg(found), '[]') from json_array_elements_text($1::json) as asked
      cross join lateral (select id, total_seats, seats_per_row from catalog.shows
        where shows.id = asked::int limit 1) as found) as shows,
    (select coalesce(json_agg(found), '[]') from json_to_recordset($2::json) as asked (show_id int, id uuid)
      cross join lateral (select bookings.* from booking.bookings
        where bookings.show_id = asked.show_id and bookings.id = asked.id limit 1) as found) as bookings,
    (select coalesce(json_agg(found), '[]') from json_to_recordset($3::json) as asked (show_id int, seat_number text)
      cross join lateral (select show_id, seat_number, booking_id from booking.seat_claims as claim
        where claim.show_id = asked.show_id and claim.seat_number = asked.seat_number limit 1) as found) as claims`;

interface StateRow {
  /** Sessions that have ended: the lock of a live one cannot be acquired. */
  lost: number[];
  now: string | Date;
  shows: { id: number; total_seats: number; seats_per_row: number }[];
  bookings: {
    id: string;
    show_id: number;
    user_id: number;
    seats: string[];
    status: BookingRow['status'];
    created_at: string;
    cancelled_at: string | null;
    cancelled_by: string | null;
  }[];
  claims: { show_id: number; seat_number: string; booking_id: string }[];
}

function bookingRow(row: StateRow['bookings'][number]): BookingRow {
  return {
    id: row.id,
    showId: row.show_id,
    userId: row.user_id,
    seats: row.seats,
    status: row.status,
    createdAt: new Date(row.created_at),
    cancelledAt: row.cancelled_at === null ? null : new Date(row.cancelled_at),
    cancelledBy: row.cancelled_by,
  };
}
