import { outboxVersion } from '@boxoffice/shared/outbox/outbox-kind';
import type { PoolClient } from 'pg';

/** The most bookings that one transaction ends. */
const endLimit = 200;

/** Which bookings are looked for. */
export interface EndQuery {
  /** The partitions whose shows are considered, of this many. */
  partitions: readonly number[];
  partitionCount: number;
  /** Considers shows that were cancelled at most this long ago, in seconds. */
  cancelledWithinSeconds: number;
}

export interface Ended {
  /** The shows whose seats have become free. */
  shows: number[];
  /** How many bookings were ended. */
  ended: number;
  /** Whether the limit may have left some for the next transaction. */
  mayHaveMore: boolean;
}

/** What a search has found. */
interface Due {
  /** Whether there is anything to end. */
  isAnythingOver: boolean;
  /** The time until the next hold ends, in milliseconds; null when none does within a second. */
  nextInMs: number | null;
}

/** Takes no locks, so that a search that finds nothing delays no turn. */
export async function findDue(client: PoolClient, query: EndQuery): Promise<Due> {
  const { rows } = await client.query<Due>({ name: 'find due', text: dueSql, values: parametersOf(query) });
  return rows[0] ?? { isAnythingOver: false, nextInMs: null };
}

/**
 * Expires holds that have ended and cancels the holds and bookings of cancelled shows, up to `endLimit` of them.
 * What was paid online is to be refunded. An interrupted run leaves the rest to the next. Must run under the locks that begin a turn, with leases that are
 * held.
 */
export async function endBookings(client: PoolClient, query: EndQuery): Promise<Ended> {
  // Not a named statement: an update has no `limit`, and a plan made while the tables were small would scan one in full.
  const { rows } = await client.query<Ended>(endSql, parametersOf(query));
  return rows[0] ?? { shows: [], ended: 0, mayHaveMore: false };
}

const parametersOf = ({ partitions, partitionCount, cancelledWithinSeconds }: EndQuery) => [
  [...partitions],
  partitionCount,
  cancelledWithinSeconds,
];

/** A turn's clock, after it has its locks: its milliseconds are those that are stored. */
const now = `date_trunc('milliseconds', statement_timestamp())`;

/**
 * A hold that has ended expires, even if its show was cancelled. The limit counts bookings when holds expire, but
 * claims when a show was cancelled: if the ended bookings have fewer seats than the limit, none is left.
 */
const endingSql = `
  expired as materialized (
    select show_id, id, null::text as reason from booking.bookings
    where status = 'held' and expires_at <= ${now} and show_id % $2::int = any($1::int[])
    order by expires_at limit ${endLimit}
  ), called_off as materialized (
    select distinct claim.show_id, claim.booking_id as id, coalesce(cancel_reason, 'The show was cancelled') as reason
    from catalog.shows cross join lateral (
      select show_id, booking_id from booking.seat_claims
      where seat_claims.show_id = shows.id and (expires_at is null or expires_at > ${now}) limit ${endLimit}
    ) as claim
    where status = 'cancelled' and cancelled_at >= transaction_timestamp() - $3::int * interval '1 second'
      and shows.id % $2::int = any($1::int[])
    limit ${endLimit}
  ), ending as materialized (select * from expired union all select * from called_off limit ${endLimit})`;

const dueSql = `
  with ${endingSql}
  select exists (select from ending) as "isAnythingOver",
    (select ceil(extract(epoch from expires_at - transaction_timestamp()) * 1000)::float8 from booking.bookings
      where status = 'held' and show_id % $2::int = any($1::int[])
        and expires_at <= transaction_timestamp() + interval '1 second'
      order by expires_at limit 1) as "nextInMs"`;

const endSql = `
  with ${endingSql}, ended as (
      update booking.bookings set status = case when reason is null then 'expired' else 'cancelled' end,
        cancelled_at = case when reason is not null then ${now} end, cancel_reason = reason
      from ending where bookings.show_id = ending.show_id and bookings.id = ending.id and status in ('held', 'booked')
      returning bookings.show_id, bookings.id, bookings.seats, bookings.payment_id
    ), freed as (
      delete from booking.seat_claims using (select show_id, id, unnest(seats) as seat_number from ended) as seat
      where seat_claims.show_id = seat.show_id and seat_claims.seat_number = seat.seat_number and seat_claims.booking_id = seat.id
    ), refunded as (
      insert into booking.outbox (show_id, kind, data)
      select show_id, 'refund',
        json_build_object('version', ${outboxVersion}, 'payment_id', payment_id, 'booking_id', id) from ended
      where payment_id is not null
    )
  select coalesce(json_agg(distinct show_id), '[]') as shows, count(*)::int as ended,
    coalesce(sum(cardinality(seats)), 0) >= ${endLimit} as "mayHaveMore"
  from ended`;
