import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { seatsPerRow, seatsPerShow } from '../workloads/workloads.ts';
import type { LiveBooking, RowCounts } from './system.ts';

/** Adds shows of one new movie; returns their ids. */
export async function addShows(pool: pg.Pool, count: number, seats = seatsPerShow): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>(
    `with movie as (insert into catalog.movies (title, duration_minutes) values ('Benchmark', 90) returning id)
     insert into catalog.shows (movie_id, screen_name, date_time, total_seats, seats_per_row)
     select id, 'Screen 1', now() + interval '7 days', $2, $3 from movie, generate_series(1, $1) returning id`,
    [count, seats, seatsPerRow],
  );
  return rows.map(({ id }) => id);
}

/** Adds a show that is paid for online; returns its id. */
export async function addPaidShow(pool: pg.Pool): Promise<number> {
  const [show = 0] = await addShows(pool, 1);
  await pool.query(
    `update catalog.shows set payment = 'online', prices = '{"standard": 1250}', currency = 'EUR' where id = $1`,
    [show],
  );
  return show;
}

/** Waits until the money of so many bookings of a show is captured. */
export async function awaitCaptured(pool: pg.Pool, show: number, count: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const { rows } = await pool.query<{ captured: number }>(
      `select count(*)::int as captured from payments.payments where show_id = $1 and status = 'captured'`,
      [show],
    );
    if ((rows[0]?.captured ?? 0) >= count) return;
    if (performance.now() > deadline)
      throw new Error(`${count - (rows[0]?.captured ?? 0)} of ${count} payments not captured`);
    await delay(100, undefined, { signal });
  }
}

export async function countRows(pool: pg.Pool, shows: number[]): Promise<RowCounts> {
  const { rows } = await pool.query<RowCounts>(
    `with seats as (
         select show_id, unnest(seats) as seat, id from booking.bookings where show_id = any($1) and status = 'booked'
       ), claims as (select * from booking.seat_claims where show_id = any($1))
     select (select count(*)::int from booking.bookings where show_id = any($1) and status = 'booked') as booked,
       (select count(*)::int from booking.bookings where show_id = any($1) and status = 'cancelled') as cancelled,
       (select count(*)::int from (select from seats group by show_id, seat having count(*) > 1) as twice) as "soldTwice",
       (select count(*)::int from seats full join claims
         on claims.show_id = seats.show_id and claims.seat_number = seats.seat and claims.booking_id = seats.id
         where seats.id is null or claims.booking_id is null) as unmatched`,
    [shows],
  );
  return rows[0] as RowCounts;
}

/** Ids of one gateway are in the order in which it accepted the requests. */
export async function liveBookings(pool: pg.Pool, show: number): Promise<LiveBooking[]> {
  const { rows } = await pool.query<LiveBooking>(
    `select id, seats, status from booking.bookings where show_id = $1 and status in ('held', 'booked') order by id`,
    [show],
  );
  return rows;
}
