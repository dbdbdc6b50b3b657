/** Shared by the peers: the same HTTP server, authentication, validation and log line as Boxoffice's gateway. */
import { BookBody, BookingView, bookingView } from '@boxoffice/shared/contracts/booking';
import { IdParams, type ShowFacts } from '@boxoffice/shared/contracts/catalog';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { findSeat, type SeatPlan } from '@boxoffice/shared/seats';
import { createHttp, type Http } from '@boxoffice/shared/service/http';
import { runService } from '@boxoffice/shared/service/process';
import pg from 'pg';
import { ShowFactsCache } from '../../services/gateway/src/catalog/show-facts-cache.ts';
import { addAuthentication, requireUser } from '../../services/gateway/src/http/authentication.ts';
import { problems } from '../../services/gateway/src/http/problem-responses.ts';
import { loadSigningKeys } from '../../services/gateway/src/identity/index.ts';

/** The limit of Boxoffice's gateway; enough for PostgreSQL's group commit. */
const poolSize = 20;

export interface SeatRequest {
  showId: number;
  userId: number;
  /** Label of an existing seat of the show. */
  seat: string;
}

export interface BookedRow {
  id: string;
  created_at: Date;
}

/** Books a seat; returns its row, or null if the seat is taken. */
export type Book = (pool: pg.Pool, request: SeatRequest) => Promise<BookedRow | null>;

/** Runs a peer as a process, configured by DATABASE_URL, JWT_PRIVATE_KEY and PORT. */
export async function runPeer(
  name: string,
  bookSeat: Book,
  addMoreRoutes?: (http: Http, pool: pg.Pool) => void,
): Promise<void> {
  await runService(name, async ({ config, logger }) => {
    const pool = new pg.Pool({ connectionString: config.DATABASE_URL, max: poolSize });
    const { http } = createHttp({ logger, checks: { database: () => pool.query('select 1') } });
    addAuthentication(http, { keys: loadSigningKeys(config), accessRevocations: { isRevoked: () => false } });
    http.after(() => {
      addBookRoute(http, pool, bookSeat);
      addCancelRoute(http, pool);
      addMoreRoutes?.(http, pool);
    });
    await http.listen({ host: config.HOST, port: config.PORT });
    return {
      async stop() {
        await http.close();
        await pool.end();
      },
    };
  });
}

function addBookRoute(http: Http, pool: pg.Pool, bookSeat: Book): void {
  const facts = new ShowFactsCache<PeerShow>((ids) => readShows(pool, ids));
  const errors = problems('validation_failed', 'unauthenticated', 'show_not_found', 'seat_taken', 'internal_error');
  http.post(
    '/api/shows/:id/book/',
    {
      onRequest: requireUser,
      schema: { params: IdParams, body: BookBody, response: { 201: BookingView, ...errors } },
    },
    async (request, reply) => {
      const showId = request.params.id;
      const show = await facts.get(showId, request.id);
      const seat = seatOf(request.body, show);
      const row = await bookSeat(pool, { showId, userId: request.user.id, seat });
      if (!row) throw new ProblemError('seat_taken', `Seat ${seat} of show ${showId} is taken.`, { seats: [seat] });
      const booking = bookingView({ id: row.id, showId, seats: [seat], status: 'booked', createdAt: row.created_at });
      return reply.code(201).header('location', `/api/bookings/${row.id}/`).send(booking);
    },
  );
}

function addCancelRoute(http: Http, pool: pg.Pool): void {
  http.post(
    '/api/bookings/:id/cancel/',
    {
      onRequest: requireUser,
      schema: { params: IdParams, response: { 200: BookingView, ...problems('booking_not_found') } },
    },
    async (request) => {
      const { rows } = await pool.query<CancelledRow>({
        name: 'cancel',
        text: `update bookings set status = 'cancelled', cancelled_at = now()
          where id = $1 and user_id = $2 and status = 'booked'
          returning id, show_id, seat_number, created_at, cancelled_at`,
        values: [request.params.id, request.user.id],
      });
      const [row] = rows;
      if (!row) throw new ProblemError('booking_not_found');
      return bookingView({
        id: row.id,
        showId: row.show_id,
        seats: [row.seat_number],
        status: 'cancelled',
        createdAt: row.created_at,
        cancelledAt: row.cancelled_at,
      });
    },
  );
}

interface CancelledRow extends BookedRow {
  show_id: number;
  seat_number: string;
  cancelled_at: Date;
}

type PeerShow = SeatPlan & Pick<ShowFacts, 'id' | 'date_time'>;

async function readShows(pool: pg.Pool, ids: readonly number[]): Promise<Map<number, PeerShow>> {
  const { rows } = await pool.query<Omit<PeerShow, 'date_time'> & { date_time: Date }>({
    name: 'shows',
    text: 'select * from shows where id = any($1)',
    values: [ids],
  });
  return new Map(rows.map((show) => [show.id, { ...show, date_time: show.date_time.toISOString() }]));
}

/** The label of the requested seat; peers sell one seat per request. */
function seatOf(body: BookBody, show: SeatPlan): string {
  const label = body.seat_number === undefined ? null : findSeat(body.seat_number, show);
  if (!label) throw new ProblemError('validation_failed', 'Name one existing seat of the show.');
  return label;
}
