import { PlainError } from '@boxoffice/local-servers/plain-error';
import { withDatabase } from '../database.ts';
import type { Ending } from './attempt.ts';
import type { Buyer } from './buyers.ts';

/** One buyer's request in the rush, and how it ended for them. */
export interface RushResult {
  buyer: Buyer;
  seat: string;
  ending: Ending;
}

/** The database's verdict on a rush. Every number must be 0. */
export interface Verdict {
  /** Seats that are in two bookings, or that two buyers got a booked response for. */
  soldTwice: number;
  /** Seats claimed in excess of the show's capacity. */
  soldBeyondCapacity: number;
  /** Requests that were, or may have been, accepted and whose outcome the buyer never learned. */
  acceptedUnanswered: number;
  /** Booked responses without a booking of that seat, or without a claim on it. */
  bookedWithoutRow: number;
  /** Bookings and holds of these buyers that no response told of. */
  rowsWithoutAnswer: number;
  /** Seats that were refused as taken although nobody ever had them. */
  refusedWithoutReason: number;
  /** Holds of these buyers that were not confirmed and have not expired, or still claim a seat. */
  holdsNotEnded: number;
  /** Responses that were neither an outcome nor a clear refusal, and failed jobs. */
  faults: number;
}

export function isClean(verdict: Verdict): boolean {
  return Object.values(verdict).every((count) => count === 0);
}

/**
 * Compares the responses to the buyers with the database.
 *
 * @throws {PlainError} when the database does not respond
 */
export function readVerdict(
  databaseUrl: string,
  { show, results }: { show: number; results: readonly RushResult[] },
): Promise<Verdict> {
  const told = results.flatMap(({ buyer, ending }) =>
    ending.kind === 'booked' ? [{ id: ending.booking.id, user_id: buyer.id, seats: ending.booking.seats }] : [],
  );
  const expired = results.flatMap(({ ending }) => (ending.kind === 'expired' ? [{ id: ending.booking.id }] : []));
  const refused = results.flatMap(({ seat, ending }) =>
    ending.kind === 'rejected' && ending.code === 'seat_taken' ? [{ seat }] : [],
  );
  const buyers = results.map(({ buyer }) => ({ id: buyer.id }));
  return withDatabase(databaseUrl, async (em) => {
    const [row] = await em.execute<[VerdictRow]>(verdictSql, [
      show,
      JSON.stringify(told),
      JSON.stringify(refused),
      JSON.stringify(buyers),
      JSON.stringify(expired),
    ]);
    const toldSeats = told.flatMap((booking) => booking.seats);
    return {
      soldTwice: row.sold_twice + toldSeats.length - new Set(toldSeats).size,
      soldBeyondCapacity: row.beyond_capacity,
      acceptedUnanswered: results.filter(({ ending }) => ending.kind === 'unanswered').length,
      bookedWithoutRow: row.booked_without_row,
      rowsWithoutAnswer: row.rows_without_answer,
      refusedWithoutReason: row.refused_without_reason,
      holdsNotEnded: row.holds_not_ended,
      faults: results.filter(({ ending }) => ending.kind === 'fault').length,
    };
  });
}

/**
 * Verifies, before anything is booked, that the database is the one behind the gateway.
 *
 * @throws {PlainError} when the database does not respond, or lacks the show or the buyers
 */
export async function checkDatabase(databaseUrl: string, show: number, buyers: readonly Buyer[]): Promise<void> {
  const [row] = await withDatabase(databaseUrl, (em) =>
    em.execute<[{ shows: number; buyers: number }]>(
      `select (select count(*)::int from catalog.shows where id = ?) as shows, (select count(*)::int from identity.users
         join json_to_recordset(?::json) as buyers (id int, username text) using (id, username)) as buyers`,
      [show, JSON.stringify(buyers.map(({ id, username }) => ({ id, username })))],
    ),
  );
  if (row.shows === 1 && row.buyers === buyers.length) return;
  throw new PlainError(
    'The database is not the one behind this gateway: set DATABASE_URL to that one, or give the other gateway with --url.',
  );
}

interface VerdictRow {
  sold_twice: number;
  beyond_capacity: number;
  booked_without_row: number;
  rows_without_answer: number;
  refused_without_reason: number;
  holds_not_ended: number;
}

/** Counts sold seats in the bookings: among the claims, the primary key rules out what this looks for. */
const verdictSql = `
  with show as (select ?::int as id),
    told as (select * from json_to_recordset(?::json) as told (id uuid, user_id int, seats text[])),
    refused as (select distinct seat from json_to_recordset(?::json) as refused (seat text)),
    buyers as (select id from json_to_recordset(?::json) as buyers (id int)),
    expired as (select id from json_to_recordset(?::json) as expired (id uuid)),
    bookings as (select bookings.* from booking.bookings join show on show_id = show.id),
    standing as (select id, user_id, unnest(seats) as seat from bookings where status in ('booked', 'held')),
    claims as (select seat_number, booking_id from booking.seat_claims join show on show_id = show.id)
  select
    (select count(*)::int from (select seat from standing group by seat having count(*) > 1) as twice) as sold_twice,
    (select greatest(greatest((select count(*) from claims), (select count(*) from standing)) - total_seats, 0)::int
      from catalog.shows join show using (id)) as beyond_capacity,
    (select count(distinct told.id)::int from told cross join unnest(told.seats) as sold (seat)
      left join standing on standing.id = told.id and standing.user_id = told.user_id and standing.seat = sold.seat
      left join claims on claims.booking_id = told.id and claims.seat_number = sold.seat
      where standing.id is null or claims.booking_id is null) as booked_without_row,
    (select count(*)::int from bookings join buyers on user_id = buyers.id
      where bookings.id not in (select id from told union select id from expired)) as rows_without_answer,
    (select count(*)::int from bookings join buyers on user_id = buyers.id
      where status = 'held' or (bookings.id in (select id from expired) and status <> 'expired')
        or (status = 'expired' and bookings.id in (select booking_id from claims))) as holds_not_ended,
    (select count(*)::int from refused
      where not exists (select from bookings where seat = any (seats))) as refused_without_reason`;
