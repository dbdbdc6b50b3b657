import { randomUUID } from 'node:crypto';
import { bestSeats } from '@boxoffice/shared/best-seats';
import { BookingView, bookingView, HoldBody } from '@boxoffice/shared/contracts/booking';
import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { allSeats, findSeat, type SeatPlan } from '@boxoffice/shared/seats';
import type { Http } from '@boxoffice/shared/service/http';
import type pg from 'pg';
import { BookingParams } from '../../services/gateway/src/bookings/index.ts';
import { requireUser } from '../../services/gateway/src/http/authentication.ts';
import { problems } from '../../services/gateway/src/http/problem-responses.ts';

const holdSeconds = 600;

/** Holds and confirmations, each in one transaction that locks the show first. */
export function addHoldRoutes(http: Http, pool: pg.Pool): void {
  const errors = problems('validation_failed', 'unauthenticated', 'show_not_found', 'seat_taken', 'no_seats_together');
  http.post(
    '/api/shows/:id/holds/',
    { onRequest: requireUser, schema: { params: IdParams, body: HoldBody, response: { 201: BookingView, ...errors } } },
    async (request, reply) => {
      const held = await inTransaction(pool, (client) =>
        hold(client, { showId: request.params.id, userId: request.user.id, wish: request.body }),
      );
      return reply.code(201).send(held);
    },
  );
  http.post(
    '/api/bookings/:id/confirm/',
    {
      onRequest: requireUser,
      schema: { params: BookingParams, response: { 200: BookingView, ...problems('hold_expired') } },
    },
    (request) => inTransaction(pool, (client) => confirm(client, request.params.id, request.user.id)),
  );
}

async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

async function hold(
  client: pg.PoolClient,
  { showId, userId, wish }: { showId: number; userId: number; wish: HoldBody },
): Promise<BookingView> {
  const show = await lockShow(client, showId);
  await client.query({
    name: 'expire',
    text: `update bookings set status = 'expired' where show_id = $1 and status = 'held' and expires_at <= now()`,
    values: [showId],
  });
  const seats = wish.best ? await best(client, show, wish.best) : await chosen(client, show, wish.seats ?? []);
  const { rows } = await client.query<{ hold_id: string; created_at: Date; expires_at: Date }>({
    name: 'hold',
    text: `insert into bookings (show_id, user_id, seat_number, status, hold_id, expires_at)
      select $1, $2, unnest($3::text[]), 'held', $4, now() + $5 * interval '1 second'
      returning hold_id, created_at, expires_at`,
    values: [showId, userId, seats, randomUUID(), holdSeconds],
  });
  const [row] = rows;
  if (!row) throw new ProblemError('internal_error');
  const { hold_id: id, created_at: createdAt, expires_at: expiresAt } = row;
  return bookingView({ id, showId, seats, status: 'held', createdAt, expiresAt });
}

async function lockShow(client: pg.PoolClient, id: number): Promise<SeatPlan & { id: number }> {
  const { rows } = await client.query<SeatPlan & { id: number }>({
    name: 'lock show',
    text: 'select id, total_seats, seats_per_row from shows where id = $1 for update',
    values: [id],
  });
  const [show] = rows;
  if (!show) throw new ProblemError('show_not_found');
  return show;
}

async function best(
  client: pg.PoolClient,
  show: SeatPlan & { id: number },
  wish: NonNullable<HoldBody['best']>,
): Promise<string[]> {
  const { rows } = await client.query<{ seat_number: string }>({
    name: 'all taken',
    text: `select seat_number from bookings where show_id = $1 and status = 'booked'
      union all select seat_number from bookings where show_id = $1 and status = 'held'`,
    values: [show.id],
  });
  const taken = new Set(rows.map((row) => row.seat_number));
  const { labels } = bestSeats(allSeats(show), (label) => taken.has(label), wish);
  if (!labels) throw new ProblemError('no_seats_together');
  return labels;
}

async function chosen(
  client: pg.PoolClient,
  show: SeatPlan & { id: number },
  names: readonly (string | number)[],
): Promise<string[]> {
  const seats = names.map((name) => findSeat(name, show)).filter((label) => label !== null);
  if (seats.length < names.length) throw new ProblemError('validation_failed', 'Name existing seats of the show.');
  const { rows } = await client.query<{ seat_number: string }>({
    name: 'taken of these',
    text: `select seat_number from bookings where show_id = $1 and seat_number = any($2) and status = 'booked'
      union all select seat_number from bookings where show_id = $1 and seat_number = any($2) and status = 'held'`,
    values: [show.id, seats],
  });
  const taken = rows.map((row) => row.seat_number);
  if (taken.length > 0) throw new ProblemError('seat_taken', 'Seats are taken.', { seats: taken });
  return seats;
}

async function confirm(client: pg.PoolClient, id: string, userId: number): Promise<BookingView> {
  const held = await client.query<{ show_id: number }>({
    name: 'show of hold',
    text: 'select show_id from bookings where hold_id = $1 and user_id = $2 limit 1',
    values: [id, userId],
  });
  const showId = held.rows[0]?.show_id;
  if (showId === undefined) throw new ProblemError('booking_not_found');
  await lockShow(client, showId);
  const { rows } = await client.query<{ seat_number: string; created_at: Date }>({
    name: 'confirm',
    text: `update bookings set status = 'booked' where hold_id = $1 and status = 'held' and expires_at > now()
      returning seat_number, created_at`,
    values: [id],
  });
  const [row] = rows;
  if (!row) throw new ProblemError('hold_expired');
  const seats = rows.map(({ seat_number }) => seat_number);
  return bookingView({ id, showId, seats, status: 'booked', createdAt: row.created_at });
}
