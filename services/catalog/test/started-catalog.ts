import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { MovieView, ShowCreateBody, ShowFacts, ShowView } from '@boxoffice/shared/contracts/catalog';
import type { Rows } from '@boxoffice/shared/contracts/pagination';
import type { Problem } from '@boxoffice/shared/contracts/problems';
import type { ScreenBody, ScreenView } from '@boxoffice/shared/contracts/screens';
import type { SeatMap } from '@boxoffice/shared/contracts/seat-map';
import { type EntityManager, type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import type { Http } from '@boxoffice/shared/service/http';
import { internalAuthorization } from '@boxoffice/shared/service/internal-secret';
import { createLogger } from '@boxoffice/shared/service/logging';
import { createTestDatabase } from '@boxoffice/testing/database';
import { testSecret } from '@boxoffice/testing/internal-secret';
import { buildCatalog } from '../src/app.ts';

/** The fields that any response of the catalog may have; each test reads its own. */
export type AnyBody = MovieView &
  ScreenView &
  ShowView &
  ShowFacts &
  SeatMap &
  Rows<MovieView & ScreenView & ShowView & ShowFacts> &
  Omit<Problem, 'status'>;

/** The administrator in whose name `send` makes changes. */
export const actorId = 42;

/** A catalog with a database of its own. */
export interface StartedCatalog {
  http: Http;
  databaseUrl: string;
  /** The database with the booking-worker's role. */
  worker: MikroORM;
  get(
    path: string,
    headers?: Record<string, string>,
  ): Promise<{ statusCode: number; headers: Record<string, unknown>; body: AnyBody }>;
  send(
    method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<{ statusCode: number; headers: Record<string, unknown>; body: AnyBody }>;
  addMovie(title?: string): Promise<number>;
  /** A hall of 13 seats in 3 rows, if nothing else is said. */
  addScreen(fields?: Partial<ScreenBody>): Promise<number>;
  /** In rows of its own, unless it is on a screen. */
  addShow(fields?: Partial<ShowCreateBody>): Promise<number>;
  stop(): Promise<void>;
}

/** Two blocks of standard seats, premium seats behind an aisle across the hall, and two accessible seats. */
export const smallHall = {
  layout: ['SSS_SSS', '_______', '_PPPPP_', 'W_____W'],
  legend: {
    S: { category: 'standard' },
    P: { category: 'premium' },
    W: { category: 'standard', accessible: true },
  },
} satisfies Omit<ScreenBody, 'name'>;

export async function startCatalog({ canPayOnline = false } = {}): Promise<StartedCatalog> {
  let screens = 0;
  const database = await createTestDatabase();
  const orm = await openDatabase({ url: database.url, role: 'boxoffice_catalog' });
  const worker = await openDatabase({ url: database.url, role: 'boxoffice_worker' });
  const logger = createLogger('catalog', { LOG_LEVEL: 'error' });
  const http = buildCatalog({ orm, secret: testSecret, settings: { turnaroundMinutes: 15, canPayOnline }, logger });

  const inject = async (
    method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
    headers = {},
  ) => {
    const response = await http.inject({
      method,
      url: `/internal${path}`,
      headers: { authorization: internalAuthorization(testSecret), 'x-actor-id': String(actorId), ...headers },
      ...(body && { payload: body }),
    });
    return {
      statusCode: response.statusCode,
      headers: response.headers,
      body: (response.body ? response.json() : null) as AnyBody,
    };
  };
  const addMovie = async (title = 'The Last Reel') =>
    (await inject('POST', '/movies', { title, duration_minutes: 118 })).body.id;

  return {
    http,
    databaseUrl: database.url,
    worker,
    get: (path, headers) => inject('GET', path, undefined, headers),
    send: (method, path, body) => inject(method, path, body),
    addMovie,
    async addScreen(fields = {}) {
      screens++;
      const { statusCode, body } = await inject('POST', '/screens', {
        ...smallHall,
        name: `Screen ${screens}`,
        ...fields,
      });
      if (statusCode !== 201) throw new Error(`cannot create a screen: ${JSON.stringify(body)}`);
      return body.id;
    },
    async addShow(fields = {}) {
      const hall = fields.screen_id ? {} : { screen_name: 'Screen 1', total_seats: 20 };
      const show = { date_time: '2030-01-01T19:30:00Z', ...hall, ...fields };
      const { statusCode, body } = await inject('POST', '/shows', {
        movie_id: fields.movie_id ?? (await addMovie()),
        ...show,
      });
      if (statusCode !== 201) throw new Error(`cannot create a show: ${JSON.stringify(body)}`);
      return body.id;
    },
    async stop() {
      await http.close();
      await orm.close();
      await worker.close();
      await database.drop();
    },
  };
}

/**
 * Books seats as the booking-worker would, in the caller's transaction if there is one.
 *
 * @param expiresIn an SQL interval makes it a hold; with a negative one it has expired
 * @returns the booking's id
 */
export async function book(
  em: EntityManager,
  showId: number,
  seats: string[],
  expiresIn: string | null = null,
): Promise<string> {
  const id = requestId(newEnvelopeId(0), showId, 0);
  await em.execute(
    `insert into booking.bookings (show_id, id, user_id, seats, status, created_at)
     values (?, ?, 1, string_to_array(?, ' '), ?, now())`,
    [showId, id, seats.join(' '), expiresIn === null ? 'booked' : 'held'],
  );
  for (const seat of seats) {
    await em.execute(
      'insert into booking.seat_claims (show_id, seat_number, booking_id, expires_at) values (?, ?, ?, now() + ?::interval)',
      [showId, seat, id, expiresIn],
    );
  }
  return id;
}

/** Cancels a booking as the booking-worker would. */
export async function cancel(em: EntityManager, showId: number, id: string): Promise<void> {
  await em.execute('delete from booking.seat_claims where show_id = ? and booking_id = ?', [showId, id]);
  await em.execute(
    "update booking.bookings set status = 'cancelled', cancelled_at = now() where show_id = ? and id = ?",
    [showId, id],
  );
}
