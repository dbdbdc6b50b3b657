import type { BookingRequest, CancelRequest } from '@boxoffice/shared/contracts/jobs';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import { showLockClass } from '@boxoffice/shared/database/show-lock';
import type { PoolClient } from 'pg';
import type { BookingRow, Changes, State } from './decide/decide.ts';
import { type Lease, presenceClass } from './leases/leases.ts';

/**
 * A worker looks everything up by key. Said to PostgreSQL, because it may plan a statement while the
 * tables are small, when reading all of one is cheap, and keep the plan while they grow.
 */
export const turnSettings = { enable_seqscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off' };

/** Someone else wrote what this decision rests on: read again, decide again. */
export class DecisionConflict extends Error {
  override name = 'DecisionConflict';
}

/** First key of the transaction-level advisory locks that keep a partition's turns one after the other. */
const turnClass = 7_233;

/** Another worker serves the partitions of these leases now, or will: what is decided here would come too late. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
  /** The sessions that held them. */
  readonly sessions: readonly number[];

  constructor(sessions: readonly number[]) {
    super(`the session that held the leases has ended (${sessions.join(', ')})`);
    this.sessions = sessions;
  }
}

/**
 * The booking schema as a turn needs it: set-based statements, each with its rows in one JSON parameter,
 * so that a turn of a thousand requests makes as many round trips as a turn of one: two, unless it
 * cancels. They run on the ORM's own connections, but as prepared statements, which it has not: planning
 * them took longer than running them.
 */
export class Bookings {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /**
   * Runs `work` in one transaction, which it ends with `commit`; rolls back when it throws. Begins by
   * waiting for the turns of these partitions that an owner before has under way, and keeps the catalog
   * from deleting or shrinking these shows, until it ends.
   */
  async transaction<T>(
    requests: readonly BookingRequest[],
    leases: readonly Lease[],
    work: (transaction: PoolClient) => Promise<T>,
  ): Promise<T> {
    const pool = await this.#orm.em.getConnection().getNativeClient();
    const transaction = await pool.connect();
    let failure: Error | undefined;
    try {
      const shows = sorted(requests.map((request) => request.show_id));
      const partitions = sorted(leases.map((lease) => lease.partition));
      // What `work` sends first is on its way at once, right behind.
      const begun = transaction.query(
        `begin;
         select pg_advisory_xact_lock(${turnClass}, partition) from unnest('{${partitions}}'::int[]) as partition
         union all
         select pg_advisory_xact_lock_shared(${showLockClass}, show_id) from unnest('{${shows}}'::int[]) as show_id`,
      );
      const [, result] = await Promise.all([begun, work(transaction)]);
      return result;
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      // What failed is rare, and its connection may be what failed: it is closed, and that rolls back.
      transaction.release(failure);
    }
  }

  /**
   * Reads all that deciding these requests needs, in one statement and so of one moment. Under
   * the transaction's locks: then a lease that is held now is held by us until the next owner has seen what we commit.
   *
   * @param undone the requests whose earlier effects are taken back: what they cancelled is read too
   * @throws {LeaseLost} when a lease is not held any more
   */
  async readState(
    requests: readonly BookingRequest[],
    undone: readonly BookingRequest[],
    leases: readonly Lease[],
    transaction: PoolClient,
  ): Promise<State> {
    const shows = [...new Set(requests.map((request) => request.show_id))];
    const cancels = undone.filter((request) => request.kind === 'cancel' && shows.includes(request.show_id));
    const named = undone === requests ? requests : [...requests, ...cancels];
    const bookings = named.map((request) => ({
      show_id: request.show_id,
      id: request.kind === 'book' ? request.id : request.booking_id,
    }));
    const seats = requests.flatMap((request) =>
      request.kind === 'book' ? request.seats.map((seat_number) => ({ show_id: request.show_id, seat_number })) : [],
    );
    const { rows } = await transaction.query<StateRow>({
      name: 'read state',
      text: readStateSql,
      values: [shows, bookings, seats, sorted(leases.map((lease) => lease.session))].map((rows) =>
        JSON.stringify(rows),
      ),
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

  /**
   * Makes the changes true and ends the transaction. The primary key of seat_claims has the last word on every seat.
   *
   * @param audited cancellations by administrators: each gets a line that says so, beside the change itself
   * @throws {DecisionConflict} when a booking to be cancelled no longer stands as it was read
   * @throws a unique violation when a seat or a booking is there already
   */
  async commit(changes: Changes, audited: readonly CancelRequest[], now: Date, transaction: PoolClient): Promise<void> {
    if (changes.cancelled.length > 0) {
      const asked = changes.cancelled.map((row) => ({
        show_id: row.showId,
        id: row.id,
        seats: row.seats,
        cancelled_by: row.cancelledBy,
      }));
      // Not by name: an update has no `limit`, and a plan made while the tables were small would read all of one.
      const { rows } = await transaction.query<{ cancelled: number }>({
        text: cancelSql,
        values: [JSON.stringify(asked), now],
      });
      if (rows[0]?.cancelled !== asked.length)
        throw new DecisionConflict('a booking changed while its cancellation was decided');
    }
    const booked = changes.booked.map((row) => ({
      show_id: row.showId,
      id: row.id,
      user_id: row.userId,
      seats: row.seats,
      status: row.status,
      created_at: row.createdAt,
      cancelled_at: row.cancelledAt,
      cancelled_by: row.cancelledBy,
    }));
    // Sent together: after a failure, this commit is a rollback.
    await Promise.all([
      booked.length > 0 && transaction.query({ name: 'book', text: bookSql, values: [JSON.stringify(booked)] }),
      audited.length > 0 &&
        transaction.query({ name: 'audit', text: auditSql, values: [JSON.stringify(audited), now] }),
      transaction.query('commit'),
    ]);
  }
}

/** Row by row (`lateral … limit 1`), so that no plan can be but a look-up of each key. */
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

/** After the change: the booking, whoever's it is, is there as it was cancelled. */
const auditSql = `
  insert into booking.audit_lines (show_id, id, at, actor_id, request_id, action, subject, subject_id, before, after)
  select asked.show_id, asked.id, $2::timestamptz, asked.user_id, asked.request_id, 'cancel', 'booking', asked.booking_id,
    jsonb_build_object('show_id', found.show_id, 'user_id', found.user_id, 'seats', found.seats, 'status', 'booked'),
    jsonb_build_object('show_id', found.show_id, 'user_id', found.user_id, 'seats', found.seats, 'status', found.status)
  from json_to_recordset($1::json) as asked (show_id int, id uuid, user_id int, request_id text, booking_id uuid)
    cross join lateral (select * from booking.bookings
      where bookings.show_id = asked.show_id and bookings.id = asked.booking_id limit 1) as found`;

/** Each number once, in one order for all: who takes locks in the same order waits for no one in a circle. */
function sorted(numbers: number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

interface StateRow {
  /** Sessions that have ended: a lock that a living one holds is not to be had. */
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
