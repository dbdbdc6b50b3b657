import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { createHttp, type Http } from '@boxoffice/shared/service/http';
import { createLogger } from '@boxoffice/shared/service/logging';
import { createTestDatabase } from '@boxoffice/testing/database';
import { type SpawnedService, spawnService } from '@boxoffice/testing/service';
import { Redis } from 'ioredis';
import { adminMovieRoutes } from '../src/admin/routes/movies.ts';
import { adminShowRoutes } from '../src/admin/routes/shows.ts';
import { CatalogClient } from '../src/catalog/catalog-client.ts';
import { CatalogConnection } from '../src/catalog/catalog-connection.ts';
import { CatalogEditor } from '../src/catalog/catalog-editor.ts';
import { ResponseCache } from '../src/catalog/response-cache.ts';
import { movieRoutes } from '../src/catalog/routes/movies.ts';
import { showRoutes } from '../src/catalog/routes/shows.ts';
import { addAuthentication } from '../src/http/authentication.ts';
import { loadSigningKeys } from '../src/identity/signing-keys.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** The gateway's catalog routes in front of a catalog that runs as a process of its own. */
export interface CatalogRoutes {
  http: Http;
  catalog: SpawnedService;
  /** Sends a request, as nobody unless `as` says otherwise. */
  ask(
    method: Method,
    path: string,
    options?: { as?: 'user' | 'admin'; body?: object; headers?: Record<string, string> },
    // biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for
  ): Promise<{ statusCode: number; headers: Record<string, unknown>; body: any }>;
  /** Books a seat as the booking-worker would. */
  book(showId: number, seat: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startCatalogRoutes(): Promise<CatalogRoutes> {
  const database = await createTestDatabase();
  const catalog = await spawnService('catalog', { DATABASE_URL: database.url, LOG_LEVEL: 'info' });
  const worker = await openDatabase({ url: database.url, role: 'boxoffice_worker' });
  const connection = new CatalogConnection(catalog.url);
  const client = new CatalogClient(connection);
  const catalogEditor = new CatalogEditor(connection, () => client.clearShowFacts());
  // Out of touch with Redis it keeps nothing: these tests change the database behind everyone's back.
  const away = new Redis({ lazyConnect: true });
  const logger = createLogger('gateway', { LOG_LEVEL: 'error' });
  const answers = new ResponseCache({ redis: away, subscriber: away, logger });
  const dataDir = await mkdtemp(join(tmpdir(), 'boxoffice-keys-'));
  const { http } = createHttp({ logger, checks: {} });
  addAuthentication(http, {
    keys: loadSigningKeys({ NODE_ENV: 'test', DATA_DIR: dataDir, JWT_PRIVATE_KEY: undefined }),
    accessRevocations: { isRevoked: () => false },
  });
  http.after(() => {
    for (const addRoutes of [movieRoutes, showRoutes, adminMovieRoutes, adminShowRoutes])
      addRoutes(http, { answers, catalog: client, catalogEditor });
  });
  await http.ready();

  return {
    http,
    catalog,
    async ask(method, path, { as, body, headers = {} } = {}) {
      const token = as && http.jwt.sign({ sub: '1', username: 'someone', role: as });
      const answer = await http.inject({
        method,
        url: path,
        headers: { host: 'tickets.example', ...(token && { authorization: `Bearer ${token}` }), ...headers },
        ...(body && { payload: body }),
      });
      return { statusCode: answer.statusCode, headers: answer.headers, body: answer.body ? answer.json() : null };
    },
    book: (showId, seat) => book(worker, showId, seat),
    async stop() {
      await http.close();
      await connection.close();
      await catalog.stop();
      await worker.close();
      await database.drop();
      await rm(dataDir, { recursive: true });
    },
  };
}

async function book(worker: MikroORM, showId: number, seat: string): Promise<void> {
  const id = requestId(newEnvelopeId(0), showId, 0);
  const em = worker.em.fork();
  await em.execute(
    `insert into booking.bookings (show_id, id, user_id, seats, status, created_at)
     values (?, ?, 1, string_to_array(?, ' '), 'booked', now())`,
    [showId, id, seat],
  );
  await em.execute('insert into booking.seat_claims (show_id, seat_number, booking_id) values (?, ?, ?)', [
    showId,
    seat,
    id,
  ]);
}
