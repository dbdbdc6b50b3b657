import type { BookingRequest, CancelRequest } from '@boxoffice/shared/contracts/jobs';
import type { PoolClient } from 'pg';
import type { Changes, RequestRow } from '../decide/state.ts';
import { toBytea } from './bytea.ts';
import { DecisionConflict } from './errors.ts';

/**
 * Cancels bookings and frees their seats.
 *
 * @throws {DecisionConflict} when one of them has changed since it was read
 */
export async function cancelBookings(client: PoolClient, cancelled: Changes['cancelled'], now: Date): Promise<void> {
  const asked = cancelled.map((row) => ({
    show_id: row.showId,
    id: row.id,
    seats: row.seats,
    cancelled_by: row.cancelledBy,
  }));
  // Not a named statement: an update has no `limit`, and a plan made while the tables were small would scan one in full.
  const { rows } = await client.query<{ cancelled: number }>({
    text: cancelSql,
    values: [JSON.stringify(asked), now],
  });
  if (rows[0]?.cancelled !== asked.length)
    throw new DecisionConflict('a booking changed while its cancellation was being decided');
}

const cancelSql = `
  with asked as (
      select * from json_to_recordset($1::json) as asked (show_id int, id uuid, seats text[], cancelled_by uuid)
    ), cancelled as (
      update booking.bookings set status = 'cancelled', cancelled_at = $2::timestamptz, cancelled_by = asked.cancelled_by
      from asked where bookings.show_id = asked.show_id and bookings.id = asked.id and bookings.status = 'booked'
      returning bookings.id
    ), freed as (
      delete from booking.seat_claims using (select show_id, id, unnest(seats) as seat_number from asked) as seat
      where seat_claims.show_id = seat.show_id and seat_claims.seat_number = seat.seat_number and seat_claims.booking_id = seat.id
    )
  select count(*)::int as cancelled from cancelled`;

/** Inserts bookings, and claims the seats of those that are not cancelled already. */
export async function insertBookings(client: PoolClient, booked: Changes['booked']): Promise<void> {
  const rows = booked.map((row) => ({
    show_id: row.showId,
    id: row.id,
    user_id: row.userId,
    seats: row.seats,
    status: row.status,
    created_at: row.createdAt,
    cancelled_at: row.cancelledAt,
    cancelled_by: row.cancelledBy,
  }));
  await client.query({ name: 'book', text: bookSql, values: [JSON.stringify(rows)] });
}

const bookSql = `
  with booked as materialized (
      select * from json_to_recordset($1::json) as booked (show_id int, id uuid, user_id int, seats text[], status text,
        created_at timestamptz, cancelled_at timestamptz, cancelled_by uuid)
    ), bookings as (
      insert into booking.bookings (show_id, id, user_id, seats, status, created_at, cancelled_at, cancelled_by)
      select show_id, id, user_id, seats, status, created_at, cancelled_at, cancelled_by from booked
    )
  insert into booking.seat_claims (show_id, seat_number, booking_id)
  select show_id, unnest(seats), id from booked where status = 'booked'`;

/** Records outcomes. */
export async function insertRequests(client: PoolClient, recorded: Changes['recorded'], now: Date): Promise<void> {
  await client.query({ name: 'record', text: recordSql, values: [JSON.stringify(recorded.map(requestColumns)), now] });
}

/**
 * Records that a request failed, unless an outcome of it is recorded already. Its key is left to another
 * request that has it: the second statement inserts what the first could not, so neither can conflict.
 */
export async function insertFailure(client: PoolClient, failed: RequestRow, now: Date): Promise<void> {
  for (const row of [failed, { ...failed, key: null }])
    await client.query(recordFailureSql, [JSON.stringify([requestColumns(row)]), now]);
}

function requestColumns({ key, ...row }: RequestRow): object {
  return {
    show_id: row.showId,
    id: row.id,
    user_id: row.userId,
    kind: row.kind,
    status: row.status,
    booking_id: row.bookingId,
    problem: row.problem,
    key_hash: key && toBytea(key.hash),
    fingerprint: key && toBytea(key.fingerprint),
  };
}

const recordSql = `
  insert into booking.requests (show_id, id, user_id, kind, status, booking_id, problem, key_hash, fingerprint, decided_at)
  select show_id, id, user_id, kind, status, booking_id, problem, key_hash, fingerprint, $2::timestamptz
  from json_to_recordset($1::json) as recorded (show_id int, id uuid, user_id int, kind text, status text,
    booking_id uuid, problem jsonb, key_hash bytea, fingerprint bytea)`;

const recordFailureSql = `${recordSql} on conflict do nothing`;

/** The cancellations by administrators that have an effect: each gets an audit line. */
export function cancelsToAudit(requests: readonly BookingRequest[], changes: Changes): CancelRequest[] {
  const byAdmins = requests.filter((request) => request.kind === 'cancel').filter((request) => request.as_admin);
  if (byAdmins.length === 0) return [];
  const effective = new Set([...changes.cancelled, ...changes.booked].map((booking) => booking.cancelledBy));
  return byAdmins.filter((request) => effective.has(request.id));
}

/** Records cancellations by administrators. Must follow the changes: it copies the bookings as they are after them. */
export async function insertAuditLines(client: PoolClient, cancels: CancelRequest[], now: Date): Promise<void> {
  await client.query({ name: 'audit', text: auditSql, values: [JSON.stringify(cancels), now] });
}

const auditSql = `
  insert into booking.audit_lines (show_id, id, at, actor_id, request_id, action, subject, subject_id, before, after)
  select asked.show_id, asked.id, $2::timestamptz, asked.user_id, asked.request_id, 'cancel', 'booking', asked.booking_id,
    jsonb_build_object('show_id', found.show_id, 'user_id', found.user_id, 'seats', found.seats, 'status', 'booked'),
    jsonb_build_object('show_id', found.show_id, 'user_id', found.user_id, 'seats', found.seats, 'status', found.status)
  from json_to_recordset($1::json) as asked (show_id int, id uuid, user_id int, request_id text, booking_id uuid)
    cross join lateral (select * from booking.bookings
      where bookings.show_id = asked.show_id and bookings.id = asked.booking_id limit 1) as found`;
