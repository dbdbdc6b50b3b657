import { randomUUID } from 'node:crypto';
import type pg from 'pg';

/**
 * Adds a show that has 17 rows in all: 5 bookings, 6 claims, and for each of 2 payments its verdict and events. Some values would not
 * survive a copy through JavaScript's numbers and dates, or without escaping.
 */
export async function addOldShow(
  client: pg.Client,
  { startsAt = '2025-06-01T18:00:00Z', seats = 6 } = {},
): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `with movie as (insert into catalog.movies (title, duration_minutes) values ('The Last Reel', 118) returning id)
     insert into catalog.shows (movie_id, screen_name, date_time, total_seats) select id, 'Screen 1', $1, 100000 from movie
     returning id`,
    [startsAt],
  );
  const show = rows[0]?.id as number;
  const [payment, other, paid] = [randomUUID(), randomUUID(), randomUUID()];
  await client.query(
    `insert into booking.bookings (show_id, id, user_id, seats, status, created_at, items, total, currency, code, payment_id)
     values ($1, $2, 1, array['A1', E'B "2\\\\'], 'booked', '2025-05-01T12:00:00.123456+02', '[{"seat": "A1", "amount": 1.10}]',
       9007199254740993, 'EUR', E'tab\\tand\\nline é', $3)`,
    [show, paid, payment],
  );
  await client.query(
    `insert into booking.bookings (show_id, id, user_id, seats, status, created_at)
     select $1, gen_random_uuid(), n, array['C' || n], 'booked', now() - interval '1 year' from generate_series(1, 4) as n`,
    [show],
  );
  await client.query(
    `insert into booking.seat_claims (show_id, seat_number, booking_id) select $1, 'S' || n, $2 from generate_series(1, $3::int) as n`,
    [show, paid, seats],
  );
  await client.query(
    `insert into payments.payments (id, show_id, booking_id, user_id, provider, reference, amount, currency, status, changed_at, captured_at, ended_at)
     values ($1::uuid, $3, $4, 1, 'stripe', 'cs_' || $1::uuid, 9007199254740993, 'EUR', 'captured', '2025-05-02', '2025-05-01T12:00:00.000001Z', null),
       ($2, $3, $4, 1, 'stripe', null, 5, 'EUR', 'failed', '2025-05-02', null, 'infinity')`,
    [payment, other, show, paid],
  );
  await client.query(
    `insert into payments.payment_events (payment_id, source, provider, event_id, kind, data, handled_at)
     select id, 'event', 'stripe', 'evt_' || id, 'paid', '{"big": 12345678901234567890.10, "none": null}', now()
     from payments.payments where show_id = $1`,
    [show],
  );
  await client.query(
    `insert into booking.payment_verdicts (show_id, payment_id, booking_id, accepted, problem, decided_at)
     values ($1, $2, $4, true, null, now()), ($1, $3, $4, false, '{"code": "seat_taken"}', now())`,
    [show, payment, other, paid],
  );
  return show;
}

/** The rows of a show, as PostgreSQL's text, by table. */
export async function contentsOf(client: pg.Client, show: number): Promise<string[][]> {
  const contents: string[][] = [];
  for (const table of [
    'booking.bookings',
    'booking.seat_claims',
    'booking.payment_verdicts',
    'payments.payments',
    'payments.payment_events',
  ]) {
    const condition = table.endsWith('events')
      ? 'payment_id in (select id from payments.payments where show_id = $1)'
      : 'show_id = $1';
    const { rows } = await client.query<{ row: string }>(
      `select archived::text as row from ${table} as archived where ${condition} order by 1`,
      [show],
    );
    contents.push(rows.map(({ row }) => row));
  }
  return contents;
}
