import { setTimeout as delay } from 'node:timers/promises';
import { showLockClass } from '@boxoffice/shared/database/show-lock';
import type pg from 'pg';

/** What tells a show apart, and what its rows depend on. Times are PostgreSQL's text, in UTC. */
export interface ShowFacts {
  id: number;
  title: string;
  created_at: string;
  date_time: string;
  status: string;
  layout_id: number | null;
  total_seats: number;
  seats_per_row: number;
}

/** Turns of a show that are in progress may delay us for this long, in milliseconds. */
const lockWithinMs = 1_000;
const pollMs = 20;
/** From then on we may delay turns: for this long at most at the row of the show, and if this process is frozen. */
const brieflySql = `
  set local lock_timeout = '200ms';
  set local idle_in_transaction_session_timeout = '5s'`;

/** @param lock keeps the catalog from changing the show until the transaction ends */
export async function findShow(client: pg.Client, id: number, { lock = false } = {}): Promise<ShowFacts | null> {
  const { rows } = await client.query<ShowFacts>(
    `select shows.id, movies.title, shows.created_at::text, date_time::text, status, layout_id, total_seats, seats_per_row
     from catalog.shows join catalog.movies on movies.id = movie_id where shows.id = $1 ${lock ? 'for no key update of shows' : ''}`,
    [id],
  );
  return rows[0] ?? null;
}

/** Which of these facts differ, other than the title, which may have been corrected. */
export function findDifference(show: ShowFacts, other: ShowFacts): string | undefined {
  const names = ['id', 'created_at', 'date_time', 'status', 'layout_id', 'total_seats', 'seats_per_row'] as const;
  return names.find((name) => show[name] !== other[name]);
}

/**
 * Locks a show against turns, late in a transaction. Never queues for the lock: a turn that came after us would wait as well,
 * and with it other shows. A turn that waits for our rows makes this fail. Returns whether it is locked.
 */
export async function lockAgainstTurns(client: pg.Client, showId: number): Promise<boolean> {
  const deadline = performance.now() + lockWithinMs;
  await client.query(brieflySql);
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1, $2) as locked', [
      showLockClass,
      showId,
    ]);
    if (rows[0]?.locked) return true;
    if (performance.now() > deadline) return false;
    await delay(pollMs);
  }
}

/** Why a show cannot be archived now; null when it can. */
export async function findObstacle(client: pg.Client, showId: number, before: string): Promise<string | null> {
  const { rows } = await client.query<{ obstacle: string | null }>(obstacleSql, [showId, before]);
  return rows[0] ? rows[0].obstacle : 'it has been deleted';
}

/** When a show has ended. `greatest` ignores nulls: without a screen there is no `busy_until`. */
export const endSql = `greatest(busy_until, date_time + duration_minutes * interval '1 minute')`;

const obstacleSql = `
  select case
    when ${endSql} > $2::timestamptz then 'it had not ended before the day'
    when exists (select from booking.bookings where show_id = shows.id and status = 'held') then 'it has holds'
    when status = 'cancelled' and exists (select from booking.seat_claims where show_id = shows.id)
      then 'it was cancelled, and some of its bookings are not cancelled yet'
    when exists (select from booking.outbox where show_id = shows.id) then 'its outbox is not empty'
    when exists (select from booking.requests where show_id = shows.id and booking_id is not null)
      then 'it has outcomes of requests, which are kept for a day'
    when exists (
      select from payments.payments as payment where show_id = shows.id and (
        status in ('pending', 'authorized') or next_step_at is not null or attention is not null
        or status = 'captured' and (refund_requested_at is not null or not exists (
          select from booking.bookings where bookings.show_id = shows.id and bookings.id = payment.booking_id
            and bookings.status = 'booked' and bookings.payment_id = payment.id)))
    ) then 'some of its payments are not settled'
    when exists (select from payments.payments where show_id = shows.id and changed_at > now() - interval '30 days')
      then 'some of its payments have changed within 30 days, and their provider may report more about them'
    when exists (
      select from payments.payment_events as event join payments.payments as payment on event.provider = payment.provider
      where event.handled_at is null and payment.show_id = shows.id and (event.payment_id = payment.id
        or event.data->>'payment_id' = payment.id::text or event.reference = payment.reference
        or event.data->>'intent' = payment.intent)
    ) then 'some events of its payments are not handled'
  end as obstacle
  from catalog.shows join catalog.movies on movies.id = movie_id where shows.id = $1`;
