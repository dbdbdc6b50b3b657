import type { PoolClient } from 'pg';
import type { BookingRow, RequestRow, State } from '../decide/state.ts';
import { presenceClass } from '../leases/inspect-locks.ts';
import type { Batch } from './batch.ts';
import { fromBytea, toBytea } from './bytea.ts';
import { LeaseLost, Undecidable } from './errors.ts';
import { sortedUnique } from './sorted-unique.ts';

/**
 * Reads all that deciding a batch needs, in one statement and so from one snapshot. Must run under the
 * locks that begin the transaction: then a lease that is held now is ours until the next owner can see what we commit.
 *
 * @throws {LeaseLost} when one of the leases is no longer held
 * @throws {Undecidable} when a request is malformed
 */
export async function readState(client: PoolClient, batch: Batch): Promise<State> {
  const { rows } = await client.query<StateRow>({
    name: 'read state',
    text: readStateSql,
    values: parametersOf(batch),
  });
  const [row] = rows as [StateRow];
  if (row.lost.length > 0) throw new LeaseLost(row.lost);
  return {
    now: new Date(row.now),
    shows: new Map(row.shows.map((show) => [show.id, show])),
    recorded: row.recorded.map(requestRow),
    bookings: row.bookings.map(bookingRow),
    claims: row.claims.map((claim) => ({
      showId: claim.show_id,
      seat: claim.seat_number,
      bookingId: claim.booking_id,
    })),
  };
}

/** @throws {Undecidable} for a request that no gateway of ours creates, such as one without a list of seats */
function parametersOf({ requests, leases }: Batch): string[] {
  try {
    const shows = [...new Set(requests.map((request) => request.show_id))];
    const asked = requests.map((request) => ({
      show_id: request.show_id,
      id: request.id,
      booking_id: request.kind === 'book' ? request.id : request.booking_id,
      user_id: request.user_id,
      key_hash: request.key && toBytea(request.key.hash),
    }));
    const seats = requests.flatMap((request) =>
      request.kind === 'book' ? request.seats.map((seat_number) => ({ show_id: request.show_id, seat_number })) : [],
    );
    const sessions = sortedUnique(leases.map((lease) => lease.session));
    return [shows, asked, seats, sessions].map((value) => JSON.stringify(value));
  } catch (cause) {
    throw new Undecidable((cause as Error).message, { cause });
  }
}

/** Row by row (`lateral … limit 1`), so that the only possible plan looks up each key. */
const readStateSql = `
  with asked as materialized (
      select * from json_to_recordset($2::json) as asked (show_id int, id uuid, booking_id uuid, user_id int, key_hash bytea)
    ), recorded as materialized (
      select found.* from asked cross join lateral (select * from booking.requests
        where requests.show_id = asked.show_id and requests.id = asked.id limit 1) as found
      union all
      select found.* from asked cross join lateral (select * from booking.requests
        where requests.show_id = asked.show_id and requests.user_id = asked.user_id
          and requests.key_hash = asked.key_hash limit 1) as found
        where asked.key_hash is not null
    )
  select
    (select coalesce(json_agg(session::int), '[]') from json_array_elements_text($4::json) as session
      where pg_try_advisory_xact_lock_shared(${presenceClass}, session::int)) as lost,
    date_trunc('milliseconds', transaction_timestamp()) as now,
    (select coalesce(json_agg(found), '[]') from json_array_elements_text($1::json) as asked
      cross join lateral (select id, total_seats, seats_per_row from catalog.shows
        where shows.id = asked::int limit 1) as found) as shows,
    (select coalesce(json_agg(recorded), '[]') from recorded) as recorded,
    (select coalesce(json_agg(found), '[]')
      from (select show_id, booking_id as id from asked union select show_id, booking_id from recorded) as named
      cross join lateral (select bookings.* from booking.bookings
        where bookings.show_id = named.show_id and bookings.id = named.id limit 1) as found) as bookings,
    (select coalesce(json_agg(found), '[]') from json_to_recordset($3::json) as asked (show_id int, seat_number text)
      cross join lateral (select show_id, seat_number, booking_id from booking.seat_claims as claim
        where claim.show_id = asked.show_id and claim.seat_number = asked.seat_number limit 1) as found) as claims`;

interface StateRow {
  /** Sessions that have ended: the lock of a live one cannot be acquired. */
  lost: number[];
  now: string | Date;
  shows: { id: number; total_seats: number; seats_per_row: number }[];
  recorded: {
    id: string;
    show_id: number;
    user_id: number;
    kind: RequestRow['kind'];
    status: RequestRow['status'];
    booking_id: string | null;
    problem: RequestRow['problem'];
    key_hash: string | null;
    fingerprint: string | null;
  }[];
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

function requestRow(row: StateRow['recorded'][number]): RequestRow {
  const { key_hash: hash, fingerprint } = row;
  return {
    showId: row.show_id,
    id: row.id,
    userId: row.user_id,
    kind: row.kind,
    status: row.status,
    bookingId: row.booking_id,
    problem: row.problem,
    key: hash && fingerprint ? { hash: fromBytea(hash), fingerprint: fromBytea(fingerprint) } : null,
  };
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
