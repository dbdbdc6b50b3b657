import type { System } from '../systems/system.ts';

const bookingsPerShow = 1_000;
const bookingsPerStatement = 200_000;

/** Adds past bookings. Their ids start with the time, like the gateway's, so that the indexes grow at their end. */
export async function addPastBookings({ pool }: System, bookings: number, signal: AbortSignal): Promise<void> {
  const { rows } = await pool.query<{ first: number }>(
    `with shows as (
       insert into catalog.shows (movie_id, screen_name, date_time, total_seats, seats_per_row)
       select (select min(id) from catalog.movies), 'Screen 1', now() - interval '1 year', $2, 100
       from generate_series(1, $1) returning id)
     select min(id)::int as first from shows`,
    [Math.ceil(bookings / bookingsPerShow), bookingsPerShow],
  );
  const first = rows[0]?.first ?? 0;
  for (let from = 0; from < bookings; from += bookingsPerStatement) {
    signal.throwIfAborted();
    await pool.query(
      `with past as materialized (
           select $3::int + n / $4::int as show_id, n % 5000 + 1 as user_id,
             chr(65 + (n % $4::int) / 100) || (n % 100 + 1) as seat,
             (lpad(to_hex(n), 12, '0') || '8000' || '8' || lpad(to_hex(n), 15, '0'))::uuid as id
           from generate_series($1::int, $2::int - 1) as n
         ), bookings as (
           insert into booking.bookings (show_id, id, user_id, seats, status, created_at)
           select show_id, id, user_id, array[seat], 'booked', now() - interval '1 year' from past
         )
       insert into booking.seat_claims (show_id, seat_number, booking_id) select show_id, seat, id from past`,
      [from, Math.min(from + bookingsPerStatement, bookings), first, bookingsPerShow],
    );
  }
  await pool.query('vacuum analyze booking.bookings');
  await pool.query('vacuum analyze booking.seat_claims');
}
