import type { BookingRequest } from '@boxoffice/shared/contracts/jobs';
import { partitioningSql, readPartitioning } from '@boxoffice/shared/partitioning';
import type { PoolClient } from 'pg';
import type { ShowRow, State } from '../decide/state.ts';
import { presenceClass } from '../leases/inspect-locks.ts';
import type { Lease } from '../leases/leases.ts';
import type { Batch } from './batch.ts';
import { toBytea } from './bytea.ts';
import { LeaseLost, PartitionCountChanged, Undecidable } from './errors.ts';
import type { PlannedShow } from './layouts.ts';
import { sortedUnique } from './sorted-unique.ts';
import { bookingRow, claimRow, requestRow, type StateRow, showRow } from './state-rows.ts';

/** The state, but for the shows' layouts and what was decided about payments. */
interface StoredState extends Omit<State, 'verdicts'> {
  shows: ReadonlyMap<number, ShowRow & PlannedShow>;
  /** The number of partitions; null while an installation has none. */
  partitions: number | null;
}

/**
 * Reads all that deciding a batch needs, in one statement and so from one snapshot. Must run under the
 * locks that begin the transaction: then a lease that is held now is ours until the next owner can see what we commit.
 *
 * @throws {LeaseLost} when one of the leases is no longer held
 * @throws {Undecidable} when a request is malformed
 */
export async function readState(client: PoolClient, batch: Batch): Promise<StoredState> {
  const { rows } = await client.query<StateRow>({
    name: 'read state',
    text: readStateSql,
    values: parametersOf(batch),
  });
  const [row] = rows as [StateRow];
  if (row.lost.length > 0) throw new LeaseLost(row.lost);
  return {
    now: new Date(row.now),
    partitions: row.partitions,
    shows: new Map(row.shows.map((show) => [show.id, showRow(show)])),
    recorded: row.recorded.map(requestRow),
    bookings: row.bookings.map(bookingRow),
    claims: row.claims.map(claimRow),
  };
}

/** @throws {Undecidable} for a request that no gateway of ours creates, such as one without a list of seats */
function parametersOf({ requests, leases }: Batch): string[] {
  try {
    const asked = requests.map((request) => ({
      show_id: request.show_id,
      id: request.id,
      booking_id: 'booking_id' in request ? request.booking_id : request.id,
      user_id: request.user_id,
      key_hash: request.key && toBytea(request.key.hash),
      ...(request.kind === 'confirm' && { confirms: true }),
      ...(request.kind === 'hold' && request.replace && { replaces: true }),
    }));
    const seats = requests.flatMap((request) =>
      namedSeats(request).map((seat_number) => ({ show_id: request.show_id, seat_number })),
    );
    const sessions = sortedUnique(leases.map((lease) => lease.session));
    return [askedShows(requests), asked, seats, sessions].map((value) => JSON.stringify(value));
  } catch (cause) {
    throw new Undecidable((cause as Error).message, { cause });
  }
}

/**
 * For transactions that read no state. Must run under the locks that begin the transaction.
 *
 * @throws {LeaseLost} when one of the leases is no longer held
 */
export async function checkLeases(client: PoolClient, leases: readonly Lease[]): Promise<void> {
  const sessions = sortedUnique(leases.map((lease) => lease.session));
  const { rows } = await client.query<Pick<StateRow, 'lost'>>(`select ${lostSql('$1')}`, [JSON.stringify(sessions)]);
  const lost = rows[0]?.lost ?? [];
  if (lost.length > 0) throw new LeaseLost(lost);
}

/**
 * For transactions that choose shows by their partition. Must run under the locks that begin the transaction: the number
 * changes only while they are not held (partitioning.ts).
 *
 * @throws {PartitionCountChanged} when the number of partitions is not this one
 */
export async function checkPartitionCount(client: PoolClient, partitionCount: number): Promise<void> {
  const current = await readPartitioning(client);
  if (current && current.partitions !== partitionCount)
    throw new PartitionCountChanged(partitionCount, current.partitions);
}

/** The lock of a session that lives cannot be acquired. */
const lostSql = (sessions: string) => `
  (select coalesce(json_agg(session::int), '[]') from json_array_elements_text(${sessions}::json) as session
    where pg_try_advisory_xact_lock_shared(${presenceClass}, session::int)) as lost`;

function namedSeats(request: BookingRequest): readonly string[] {
  if (request.kind === 'book') return request.seats;
  return request.kind === 'hold' && 'seats' in request.wish ? request.wish.seats : [];
}

interface AskedShow {
  id: number;
  /** Whether seats of it may be sold, so that its rules apply. */
  sells?: true;
  /** Whether all its claims are needed whatever its rules, to choose the best seats. */
  best?: true;
  /** Whether the users' claims are needed whatever its rules, to replace their holds. */
  replaces?: true;
}

function askedShows(requests: readonly BookingRequest[]): AskedShow[] {
  const shows = new Map<number, AskedShow>();
  for (const request of requests) {
    const show = shows.get(request.show_id) ?? { id: request.show_id };
    shows.set(request.show_id, show);
    if (request.kind === 'book' || request.kind === 'hold' || request.kind === 'confirm') show.sells = true;
    if (request.kind !== 'hold') continue;
    if ('best' in request.wish) show.best = true;
    if (request.replace) show.replaces = true;
  }
  return [...shows.values()];
}

/**
 * Row by row (`lateral … limit 1`), so that the only possible plan looks up each key. Only rules that depend on
 * other seats take more than that: a range of the claims' key, which is at most one show's seats. Users are looked for
 * in an array, of whichever shows: joining thousands of claims with hundreds of requests would take longer than all else.
 *
 * The clock is this statement's, not the transaction's: the transaction may have waited long for its locks, and a
 * hold that has ended meanwhile must not block anyone. So the times of decisions never run backwards either.
 */
const readStateSql = `
  with asked as materialized (
      select * from json_to_recordset($2::json) as asked (show_id int, id uuid, booking_id uuid, user_id int,
        key_hash bytea, confirms boolean, replaces boolean)
    ), recorded as materialized (
      select found.* from asked cross join lateral (select * from booking.requests
        where requests.show_id = asked.show_id and requests.id = asked.id limit 1) as found
      union all
      select found.* from asked cross join lateral (select * from booking.requests
        where requests.show_id = asked.show_id and requests.user_id = asked.user_id
          and requests.key_hash = asked.key_hash limit 1) as found
        where asked.key_hash is not null
    ), shows as materialized (
      select found.*, sells and (best or forbid_single_seats) as all_claims,
        sells and (replaces or max_seats_per_user is not null) as own_claims
      from json_to_recordset($1::json) as asked (id int, sells boolean, best boolean, replaces boolean)
      cross join lateral (select shows.id, total_seats, seats_per_row, layout_id, date_time, status, payment, prices,
          currency, sales_open_at, sales_close_at, max_seats_per_user, forbid_single_seats
        from catalog.shows where shows.id = asked.id limit 1) as found
    ), seats as materialized (
      select show_id, seat_number from json_to_recordset($3::json) as seats (show_id int, seat_number text)
      union all
      select asked.show_id, unnest(found.seats) from asked cross join lateral (select seats from booking.bookings
        where bookings.show_id = asked.show_id and bookings.id = asked.booking_id limit 1) as found
        where asked.confirms
    ), claims as materialized (
      select found.* from seats cross join lateral (select show_id, seat_number, booking_id, user_id, expires_at
        from booking.seat_claims as claim
        where claim.show_id = seats.show_id and claim.seat_number = seats.seat_number limit 1) as found
      union all
      select found.* from shows cross join lateral (select show_id, seat_number, booking_id, user_id, expires_at
        from booking.seat_claims as claim where claim.show_id = shows.id
          and (shows.all_claims or claim.user_id = any ((select array_agg(user_id) from asked)::int[]))) as found
        where shows.all_claims or shows.own_claims
    ), named as (
      select show_id, booking_id as id from asked union select show_id, booking_id from recorded
      union
      select show_id, booking_id from claims where expires_at <= statement_timestamp()
      union
      select show_id, booking_id from claims where expires_at is not null
        and user_id = any ((select array_agg(user_id) from asked where replaces)::int[])
    )
  select
    ${lostSql('$4')},
    date_trunc('milliseconds', statement_timestamp()) as now,
    (select partitions from (${partitioningSql}) as current) as partitions,
    (select coalesce(json_agg(shows), '[]') from shows) as shows,
    (select coalesce(json_agg(recorded), '[]') from recorded) as recorded,
    (select coalesce(json_agg(found), '[]') from named
      cross join lateral (select bookings.* from booking.bookings
        where bookings.show_id = named.show_id and bookings.id = named.id limit 1) as found) as bookings,
    (select coalesce(json_agg(claims), '[]') from claims) as claims`;
