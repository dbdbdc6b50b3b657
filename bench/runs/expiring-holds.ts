import type pg from 'pg';
import type { System } from '../systems/system.ts';

const showCount = 40;
const seatsPerShow = 2_500;

/** Holds that end one after another, evenly within this time. */
export interface ExpiringHolds {
  holds: number;
  /** How long the first one lasts. */
  delaySeconds: number;
  /** From the end of the first one to that of the last one. */
  seconds: number;
}

/**
 * Adds holds of one seat each on shows of all partitions. From then on, a trigger notes when a hold is marked as
 * expired, which is a few milliseconds before the commit.
 */
export async function addExpiringHolds(
  system: System,
  { holds, delaySeconds, seconds }: ExpiringHolds,
): Promise<{ delays(): Promise<Delays>; unexpired(): Promise<number> }> {
  const { pool } = system;
  const shows = await system.addShows(showCount, seatsPerShow);
  if (holds > showCount * seatsPerShow) throw new Error('more holds than seats');
  await pool.query(notingSql);
  await pool.query(
    `with held as materialized (
         select ($1::int[])[n % $2::int + 1] as show_id, n % 5000 + 1 as user_id,
           chr(65 + (n / $2::int) / 100) || ((n / $2::int) % 100 + 1) as seat,
           (lpad(to_hex(n), 12, '0') || '8000' || '8' || lpad(to_hex($1[1]::bigint * 1000000 + n), 15, '0'))::uuid as id,
           date_trunc('milliseconds', now() + ($4::float + n * $5::float / $3::int) * interval '1 second') as expires_at
         from generate_series(0, $3::int - 1) as n
       ), bookings as (
         insert into booking.bookings (show_id, id, user_id, seats, status, created_at, expires_at)
         select show_id, id, user_id, array[seat], 'held', now(), expires_at from held
       )
     insert into booking.seat_claims (show_id, seat_number, booking_id, user_id, expires_at)
     select show_id, seat, id, user_id, expires_at from held`,
    [shows, showCount, holds, delaySeconds, seconds],
  );
  return {
    async delays() {
      const { rows } = await pool.query<Delays>(delaysSql, [shows]);
      return rows[0] as Delays;
    },
    async unexpired() {
      const { rows } = await pool.query<{ count: number }>(
        `select count(*)::int as count from booking.bookings where show_id = any($1) and status = 'held'`,
        [shows],
      );
      return rows[0]?.count ?? 0;
    },
  };
}

/** From the end of a hold until its row said so, in milliseconds. */
export interface Delays {
  expired: number;
  /** Of the holds whose seats are still claimed. */
  claims: number;
  p50: number;
  p99: number;
  max: number;
}

const delaysSql = `
  select count(*)::int as expired,
    (select count(*)::int from booking.seat_claims where show_id = any($1)) as claims,
    percentile_disc(0.5) within group (order by delay_ms)::float8 as p50,
    percentile_disc(0.99) within group (order by delay_ms)::float8 as p99, max(delay_ms)::float8 as max
  from bench.expired where show_id = any($1)`;

/** Once per statement, not per row, so that it costs the worker little. */
const notingSql = `
  create schema if not exists bench;
  create table if not exists bench.expired (show_id int not null, delay_ms float8 not null);
  create or replace function bench.note_expired() returns trigger language plpgsql security definer as $body$
    begin
      insert into bench.expired
      select show_id, extract(epoch from clock_timestamp() - expires_at) * 1000 from changed where status = 'expired';
      return null;
    end $body$;
  create or replace trigger note_expired after update on booking.bookings
    referencing new table as changed for each statement execute function bench.note_expired()`;

/** Removes the trigger, so that other runs do not pay for it. */
export async function stopNoting(pool: pg.Pool): Promise<void> {
  await pool.query('drop trigger if exists note_expired on booking.bookings');
}
