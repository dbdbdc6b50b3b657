import type { MikroORM } from '@boxoffice/shared/database/orm';

/** What `fillTables` inserts. Ids count from 1. */
export const large = {
  movies: 20_000,
  /** Shows of movie 1, and of movie 2; the others share the rest of `shows`. */
  showsOfOneMovie: 1_000,
  shows: 20_000,
  /** Seats of every show. In every tenth show (10, 20, …) each seat has a booking; every twentieth of them is cancelled. */
  seats: 100,
  bookings: 200_000,
  users: 10_000,
  /** Bookings of user 1, who has more than the others. */
  bookingsOfOneUser: 1_000,
  /** Bookings paid within 55 hours, one in 100 seconds, of 20 shows. */
  payments: 2_000,
  /** Audit lines in each schema: an administrator has changed each record a hundred times. */
  auditLines: 20_000,
} as const;

/**
 * Fills a migrated database as years of business would. Booking ids are like the gateway's (booking-id.ts) and
 * spread over shows and users in time. The caller vacuums and analyzes.
 *
 * @param owner a connection with all privileges
 */
export async function fillTables(owner: MikroORM): Promise<void> {
  const run = (statement: string) => owner.em.getConnection().execute(statement);
  await run(
    `insert into catalog.movies (id, title, duration_minutes)
     select n, md5(n::text) || case when n % 100 = 0 then ' The Last Reel' else '' end, 118
     from generate_series(1, ${large.movies}) as n`,
  );
  await run(
    `insert into catalog.shows (id, movie_id, screen_name, date_time, total_seats)
     select n, case when n <= ${2 * large.showsOfOneMovie} then n % 2 + 1 else n % ${large.movies - 2} + 3 end,
       'Screen 1', '2030-01-01'::timestamptz + n * interval '1 hour', ${large.seats}
     from generate_series(1, ${large.shows}) as n`,
  );
  await run(
    `insert into identity.users (username, email, password_hash)
     select 'user' || n, 'user' || n || '@example.com', 'none' from generate_series(1, ${large.users}) as n`,
  );
  await run(
    `with past as materialized (
       select show_id, 1700000000 + n as seconds, (n + place) % 20 = 0 as cancelled,
         case when (n + place) % ${large.bookings / large.bookingsOfOneUser} = 7 then 1
           else n * 7919 % ${large.users} + 1 end as user_id,
         chr(65 + place / 10) || (place % 10 + 1) as seat,
         (time || to_hex(rest))::uuid as id, (time || to_hex(rest | 1))::uuid as cancel_id
       from generate_series(0::bigint, ${large.bookings - 1}) as n
         cross join lateral (select (n % ${large.bookings / large.seats} + 1) * 10 as show_id,
           (n / ${large.bookings / large.seats})::int as place, (1700000000 + n) * 1000000 as micros) as drawn
         cross join lateral (select
           lpad(to_hex(((micros >> 4) << 16) | 32768 | ((micros & 15) << 8)), 16, '0') as time,
           '-9223372036854775808'::bigint | (n << 38) | (show_id << 7) as rest) as parts
     ), bookings as (
       insert into booking.bookings (show_id, id, user_id, seats, status, created_at, cancelled_at, cancelled_by,
         total, currency, paid_at, paid_with)
       select show_id, id, user_id, array[seat], case when cancelled then 'cancelled' else 'booked' end,
         to_timestamp(seconds), case when cancelled then to_timestamp(seconds + 60) end,
         case when cancelled then cancel_id end,
         case when paid then 1100 end, case when paid then 'EUR' end, case when paid then to_timestamp(seconds) end,
         case when paid then 'cash' end
       from past cross join lateral (select seconds % ${large.bookings / large.payments} = 0 as paid) as counter
     )
     insert into booking.seat_claims (show_id, seat_number, booking_id)
     select show_id, seat, id from past where not cancelled`,
  );
  await run(
    `insert into booking.requests (show_id, id, user_id, kind, status, booking_id, decided_at)
     select show_id, cancelled_by, user_id, 'cancel', 'succeeded', id, cancelled_at from booking.bookings
     where status = 'cancelled' on conflict do nothing`,
  );
  const auditColumns = 'at, actor_id, request_id, action, subject, subject_id, before, after';
  const auditLine = `to_timestamp(1700000000 + n), 2, 'request', 'change', `;
  const fields = `(n % ${large.auditLines / 100} + 1)::text, '{"n": 1}', '{"n": 2}' from generate_series(1, ${large.auditLines}) as n`;
  await run(`insert into identity.audit_lines (${auditColumns}) select ${auditLine} 'user', ${fields}`);
  await run(`insert into catalog.audit_lines (${auditColumns}) select ${auditLine} 'show', ${fields}`);
  await run(
    `insert into booking.audit_lines (show_id, id, ${auditColumns})
     select n, gen_random_uuid(), ${auditLine} 'booking', ${fields}`,
  );
}
