/** The peer that locks the show for each booking, counts, checks and inserts, like the first generation. */
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type pg from 'pg';
import { addHoldRoutes } from './hold-routes.ts';
import { type BookedRow, runPeer, type SeatRequest } from './peer.ts';

await runPeer('row-lock', bookSeat, addHoldRoutes);

async function bookSeat(pool: pg.Pool, request: SeatRequest): Promise<BookedRow | null> {
  const connection = await pool.connect();
  try {
    await connection.query('begin');
    const row = await bookUnderLock(connection, request);
    await connection.query(row ? 'commit' : 'rollback');
    connection.release();
    return row;
  } catch (error) {
    connection.release(true);
    throw error;
  }
}

async function bookUnderLock(
  connection: pg.PoolClient,
  { showId, userId, seat }: SeatRequest,
): Promise<BookedRow | null> {
  const shows = await connection.query<{ total_seats: number }>({
    name: 'lock',
    text: 'select total_seats from shows where id = $1 for update',
    values: [showId],
  });
  const [show] = shows.rows;
  if (!show) throw new ProblemError('show_not_found');
  const booked = await connection.query<{ count: string }>({
    name: 'count',
    text: `select count(*) from bookings where show_id = $1 and status = 'booked'`,
    values: [showId],
  });
  if (Number(booked.rows[0]?.count) >= show.total_seats) return null;
  const taken = await connection.query({
    name: 'taken',
    text: `select 1 from bookings where show_id = $1 and seat_number = $2 and status = 'booked'`,
    values: [showId, seat],
  });
  if (taken.rows.length > 0) return null;
  const { rows } = await connection.query<BookedRow>({
    name: 'book',
    text: 'insert into bookings (show_id, user_id, seat_number) values ($1, $2, $3) returning id, created_at',
    values: [showId, userId, seat],
  });
  return rows[0] ?? null;
}
