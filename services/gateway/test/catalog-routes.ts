import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import type { Http } from '@boxoffice/shared/service/http';
import { createTestDatabase } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import { type SpawnedService, spawnService } from '@boxoffice/testing/service';
import { startGateway } from './started-gateway.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** A gateway in front of a catalog that runs as a process of its own. */
export interface CatalogRoutes {
  http: Http;
  catalog: SpawnedService;
  /** Sends a request, without a login unless `as` says otherwise. */
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
  // Without a subscription nothing is cached: these tests change the database behind everyone's back.
  const gateway = await startGateway({ databaseUrl: database.url, catalogUrl: catalog.url, subscribes: false });
  const { http } = gateway;
  await eventually(
    async () =>
      (await gateway.call<{ checks: { revocations: string } }>('GET', '/readyz')).body.checks.revocations === 'ok',
  );

  return {
    http,
    catalog,
    async ask(method, path, { as, body, headers = {} } = {}) {
      const token = as && http.jwt.sign({ sub: '1', username: 'someone', role: as });
      const response = await http.inject({
        method,
        url: path,
        headers: { host: 'tickets.example', ...(token && { authorization: `Bearer ${token}` }), ...headers },
        ...(body && { payload: body }),
      });
      return {
        statusCode: response.statusCode,
        headers: response.headers,
        body: response.body ? response.json() : null,
      };
    },
    book: (showId, seat) => book(worker, showId, seat),
    async stop() {
      await gateway.stop();
      await catalog.stop();
      await worker.close();
      await database.drop();
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
