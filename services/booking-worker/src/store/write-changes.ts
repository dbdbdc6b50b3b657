import type { PoolClient } from 'pg';
import type { BookingRow, Changes, RequestRow } from '../decide/state.ts';
import { toBytea } from './bytea.ts';
import { DecisionConflict } from './errors.ts';

/**
 * Writes the new state of bookings. Those that end free their seats; the claims of confirmed holds no longer expire. Those
 * of holds whose payment begins last longer.
 *
 * @throws {DecisionConflict} when one of them has changed since it was read
 */
export async function updateBookings(client: PoolClient, changed: Changes['changed']): Promise<void> {
  const asked = changed.map(({ row, from }) => ({ ...bookingColumns(row), was: from }));
  // Not a named statement: an update has no `limit`, and a plan made while the tables were small would scan one in full.
  const { rows } = await client.query<{ updated: number }>({ text: updateSql, values: [JSON.stringify(asked)] });
  if (rows[0]?.updated !== asked.length)
    throw new DecisionConflict('a booking was changed while a change to it was being decided');
}

const updateSql = `
  with asked as (
      select * from json_to_recordset($1::json) as asked (show_id int, id uuid, seats text[], status text, was text,
        cancelled_at timestamptz, cancelled_by uuid, cancel_reason text, confirmed_by uuid, paid_at timestamptz,
        paid_by int, paid_with text, payment_id uuid, expires_at timestamptz, held_until timestamptz)
    ), updated as (
      update booking.bookings set status = asked.status, cancelled_at = asked.cancelled_at,
        cancelled_by = asked.cancelled_by, cancel_reason = asked.cancel_reason, confirmed_by = asked.confirmed_by,
        paid_at = asked.paid_at, paid_by = asked.paid_by, paid_with = asked.paid_with,
        payment_id = asked.payment_id, expires_at = asked.expires_at, held_until = asked.held_until
      from asked where bookings.show_id = asked.show_id and bookings.id = asked.id and bookings.status = asked.was
      returning bookings.id
    ), freed as (
      delete from booking.seat_claims
      using (select show_id, id, unnest(seats) as seat_number from asked where status in ('cancelled', 'expired')) as seat
      where seat_claims.show_id = seat.show_id and seat_claims.seat_number = seat.seat_number and seat_claims.booking_id = seat.id
    ), kept as (
      update booking.seat_claims set expires_at = seat.expires_at
      from (select show_id, id, unnest(seats) as seat_number, case when status = 'held' then expires_at end as expires_at
        from asked where was = 'held' and status in ('booked', 'held')) as seat
      where seat_claims.show_id = seat.show_id and seat_claims.seat_number = seat.seat_number and seat_claims.booking_id = seat.id
    )
  select count(*)::int as updated from updated`;

/**
 * Inserts bookings and their claims. Plain ones, which most are, have a statement of their own: each column costs
 * time.
 */
export function insertBookings(client: PoolClient, made: Changes['made']): Promise<unknown> {
  const isPlain = ({ expiresAt, total }: BookingRow) => expiresAt === null && total === null;
  const plain = made.filter(isPlain);
  const others = made.filter((row) => !isPlain(row));
  return Promise.all([
    plain.length > 0 &&
      client.query({ name: 'book', text: insertSql(plainColumns), values: [JSON.stringify(plain.map(plainBooking))] }),
    others.length > 0 &&
      client.query({ name: 'hold', text: insertSql(allColumns), values: [JSON.stringify(others.map(bookingColumns))] }),
  ]);
}

const plainColumns = {
  ...{ show_id: 'int', id: 'uuid', user_id: 'int', seats: 'text[]', status: 'text', created_at: 'timestamptz' },
  ...{ cancelled_at: 'timestamptz', cancelled_by: 'uuid' },
};
const allColumns = {
  ...plainColumns,
  ...{ cancel_reason: 'text', expires_at: 'timestamptz', items: 'jsonb', total: 'bigint', currency: 'text' },
  ...{ code: 'text', confirmed_by: 'uuid', paid_at: 'timestamptz', paid_by: 'int', paid_with: 'text' },
  ...{ payment_id: 'uuid', held_until: 'timestamptz' },
};

function insertSql(types: Record<string, string>): string {
  const columns = Object.keys(types).join(', ');
  const expiresAt = 'expires_at' in types ? "case when status = 'held' then expires_at end" : 'null::timestamptz';
  return `
    with made as materialized (
        select * from json_to_recordset($1::json)
          as made (${Object.entries(types).map(([name, type]) => `${name} ${type}`)})
      ), bookings as (
        insert into booking.bookings (${columns}) select ${columns} from made
      )
    insert into booking.seat_claims (show_id, seat_number, booking_id, expires_at, user_id)
    select show_id, unnest(seats), id, ${expiresAt}, user_id from made where status in ('held', 'booked')`;
}

function plainBooking(row: BookingRow): object {
  return {
    show_id: row.showId,
    id: row.id,
    user_id: row.userId,
    seats: row.seats,
    status: row.status,
    created_at: row.createdAt,
    cancelled_at: row.cancelledAt,
    cancelled_by: row.cancelledBy,
  };
}

function bookingColumns(row: BookingRow): object {
  return {
    ...plainBooking(row),
    cancel_reason: row.cancelReason,
    expires_at: row.expiresAt,
    items: row.items,
    total: row.total,
    currency: row.currency,
    code: row.code,
    confirmed_by: row.confirmedBy,
    paid_at: row.paidAt,
    paid_by: row.paidBy,
    paid_with: row.paidWith,
    payment_id: row.paymentId,
    held_until: row.heldUntil,
  };
}

/** Claims the seats of bookings again that were confirmed after their hold had been marked as expired. */
export async function insertClaims(client: PoolClient, confirmedLate: BookingRow[]): Promise<void> {
  const rows = confirmedLate.map(plainBooking);
  await client.query({ name: 'claim again', text: claimSql, values: [JSON.stringify(rows)] });
}

const claimSql = `
  insert into booking.seat_claims (show_id, seat_number, booking_id, user_id)
  select show_id, unnest(seats), id, user_id
  from json_to_recordset($1::json) as late (show_id int, id uuid, user_id int, seats text[])`;

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

/** Records what administrators changed. */
export async function insertAuditLines(client: PoolClient, audited: Changes['audited'], now: Date): Promise<void> {
  const rows = audited.map((line) => ({
    show_id: line.showId,
    id: line.id,
    actor_id: line.actorId,
    request_id: line.requestId,
    action: line.action,
    subject_id: line.bookingId,
    before: line.before,
    after: line.after,
  }));
  await client.query({ name: 'audit', text: auditSql, values: [JSON.stringify(rows), now] });
}

const auditSql = `
  insert into booking.audit_lines (show_id, id, at, actor_id, request_id, action, subject, subject_id, before, after)
  select show_id, id, $2::timestamptz, actor_id, request_id, action, 'booking', subject_id, before, after
  from json_to_recordset($1::json) as line (show_id int, id uuid, actor_id int, request_id text, action text,
    subject_id text, before jsonb, after jsonb)`;
