import { openDatabase } from '@boxoffice/shared/database/orm';
import { serviceRoles, serviceUrl } from '@boxoffice/shared/database/service-roles';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { pgbouncerForTests, startPgbouncer } from '@boxoffice/testing/pgbouncer';
import { spawnService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const pgbouncer = await pgbouncerForTests();

describe.skipIf(!pgbouncer)('behind PgBouncer in transaction mode', () => {
  let database: TestDatabase;
  let boxoffice: Boxoffice;
  const stops: (() => Promise<unknown>)[] = [];
  /** The services' URLs that lead through PgBouncer. */
  let gatewayUrl: string;
  let catalogUrl: string;
  let workerUrl: string;

  const start = async (options: { ignored?: string } = {}) => {
    if (!pgbouncer) throw new Error('there is no PgBouncer');
    const direct = serviceRoles.map((role) => serviceUrl(database.url, role));
    const { server, urls } = await startPgbouncer(pgbouncer, { urls: direct, ...options });
    stops.unshift(() => server.stop());
    return urls as [string, string, string];
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    stops.unshift(() => database.drop());
    [gatewayUrl, catalogUrl, workerUrl] = await start();
    boxoffice = await startBoxoffice({
      env: {
        DATABASE_URL: database.url,
        GATEWAY_DATABASE_URL: gatewayUrl,
        CATALOG_DATABASE_URL: catalogUrl,
      },
    });
    stops.unshift(() => boxoffice.stop());
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  const admin = (method: string, path: string, body: object) =>
    boxoffice.call<{ id: number }>(path, { method, user: 1, role: 'admin', body });

  it('sells, cancels and can be administered, with many requests at the same time', async () => {
    const movie = await admin('POST', '/api/admin/movies/', { title: 'Pooled', duration_minutes: 90 });
    expect(movie.status).toBe(201);
    const date_time = new Date(Date.now() + 86_400_000).toISOString();
    const shows = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        admin('POST', '/api/admin/shows/', {
          movie_id: movie.body.id,
          screen_name: `Screen ${index}`,
          date_time,
          total_seats: 20,
        }),
      ),
    );
    expect(shows.map(({ status }) => status)).toEqual(shows.map(() => 201));
    const booked = await Promise.all(
      shows.flatMap(({ body }) => ['1', '2', '3'].map((seat) => boxoffice.book(body.id, seat, { wait: 10 }))),
    );
    expect(booked.map(({ status }) => status)).toEqual(booked.map(() => 201));
    const cancelled = await Promise.all(booked.slice(0, 30).map(({ body }) => boxoffice.cancel(body.id)));
    expect(cancelled.map(({ status }) => status)).toEqual(cancelled.map(() => 200));
    const lists = await Promise.all(
      Array.from({ length: 10 }, () =>
        boxoffice.call<{ count: number }>('/api/my-bookings/?status=booked', { user: 1 }),
      ),
    );

    expect(lists.map(({ body }) => body.count)).toEqual(lists.map(() => 30));
    expect((await admin('PATCH', `/api/admin/movies/${movie.body.id}/`, { title: 'Renamed' })).status).toBe(200);
    const password = 'correct horse';
    const signup = { username: 'ada', email: 'ada@box.example', password };
    expect((await boxoffice.call('/api/auth/signup/', { method: 'POST', body: signup })).status).toBe(201);
    const login = { username: 'ada', password };
    expect((await boxoffice.call('/api/auth/login/', { method: 'POST', body: login })).status).toBe(200);
  });

  it.each(['boxoffice_gateway', 'boxoffice_catalog'] as const)(
    'keeps the time limits of %s, although PgBouncer does not pass them on',
    async (role) => {
      const url = role === 'boxoffice_gateway' ? gatewayUrl : catalogUrl;
      const orm = await openDatabase({ url, role, poolSize: 1, statementTimeoutMs: 5_000 });
      const run = (statement: string) => orm.em.getConnection().execute<{ name: string; setting: string }[]>(statement);
      const names = ['client_connection_check_interval', 'idle_in_transaction_session_timeout', 'statement_timeout'];
      const settings = await run(
        `select name, setting from pg_settings where name in (${names.map((name) => `'${name}'`)}) order by 1`,
      );
      const slow = await run('select pg_sleep(3)').catch((error: Error) => error.message);
      await orm.close();
      const timeout = role === 'boxoffice_gateway' ? '900' : '700';
      expect(settings.map(({ setting }) => setting)).toEqual(['250', '5000', timeout]);
      expect(slow).toMatch(/statement timeout/);
    },
  );

  const refusal = async (name: 'booking-worker' | 'gateway', variable: string, url: string) => {
    const env = { ...boxoffice.environment, [variable]: url };
    const service = await spawnService(name, env, { waitReady: false });
    const { code } = await service.exited;
    return { code, fatal: service.logs.map((line) => JSON.parse(line)).find(({ level }) => level === 'fatal')?.msg };
  };

  it('refuses a worker, whose leases are session locks, and says what to change in a PgBouncer that refuses settings', async () => {
    const [strict] = await start({ ignored: '' });
    const [worker, gateway] = await Promise.all([
      refusal('booking-worker', 'WORKER_DATABASE_URL', workerUrl),
      refusal('gateway', 'GATEWAY_DATABASE_URL', strict),
    ]);
    expect(worker).toEqual({
      code: 78,
      fatal:
        'WORKER_DATABASE_URL leads to a connection pooler, which loses the locks that a session holds: name PostgreSQL itself.',
    });
    expect(gateway).toEqual({
      code: 78,
      fatal:
        'GATEWAY_DATABASE_URL leads to a PgBouncer that refuses settings: set its ignore_startup_parameters to "options".',
    });
  });
});
