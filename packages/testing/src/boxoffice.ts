/** A whole Boxoffice for one test file, each service a process as in production. */
import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@boxoffice/local-servers/free-port';
import type { JobView } from '@boxoffice/shared/contracts/booking';
import type { Problem } from '@boxoffice/shared/contracts/problems';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { accessToken } from './access-token.ts';
import { createTestDatabase } from './database.ts';
import { eventually } from './eventually.ts';
import { type OwnServer, ownPostgres, ownRedis } from './own-servers.ts';
import { createTestRedis } from './redis.ts';
import { type ServiceName, type SpawnedService, spawnService } from './service.ts';

export interface BoxofficeOptions {
  /** Number of gateway processes at the start, 1 by default. */
  gateways?: number;
  /** Number of booking-worker processes at the start, 1 by default. */
  workers?: number;
  /** Starts dedicated PostgreSQL and Redis servers, which a test may stop, freeze and kill. */
  ownServers?: boolean;
  /** Environment of every service, e.g. `{ BOOKING_PARTITIONS: '2' }`. */
  env?: Record<string, string>;
}

/** The fields that a response about a booking may have: those of a booking, a job or a problem. */
export interface BookingBody extends Partial<Omit<JobView, 'status'> & Omit<Problem, 'status'>> {
  id: string;
  status: string | number;
  show_id?: number;
  seat_number?: string;
}

/** A gateway's response; the body is the parsed JSON, or the text of anything else. */
export interface Answer<Body = BookingBody> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface Call {
  method?: string;
  /** Id of the user who sends the request; anonymous by default. */
  user?: number;
  role?: 'user' | 'admin';
  body?: unknown;
  headers?: Record<string, string>;
  /** The gateway to send it to; the first by default. */
  gateway?: SpawnedService;
}

export interface BookingCall extends Pick<Call, 'user' | 'role' | 'headers' | 'gateway'> {
  /** Prefer: wait, in seconds; 0 sends respond-async. No preference by default. */
  wait?: number;
  /** Idempotency-Key. */
  key?: string;
}

export type Boxoffice = Awaited<ReturnType<typeof startBoxoffice>>;

/** Starts catalog, gateways and workers on a migrated, empty database, and waits until all are ready. */
export async function startBoxoffice({
  gateways = 1,
  workers = 1,
  ownServers = false,
  env = {},
}: BoxofficeOptions = {}) {
  const own: { postgres: OwnServer; redis: OwnServer } | null = ownServers
    ? await both({ postgres: ownPostgres(), redis: ownRedis() })
    : null;
  const servers = own ?? (await both({ postgres: createTestDatabase(), redis: createTestRedis() }));
  const { privateKey } = generateKeyPairSync('ed25519');
  const catalogPort = await freePort();
  const environment: Record<string, string> = {
    DATABASE_URL: servers.postgres.url,
    REDIS_URL: servers.redis.url,
    CATALOG_PORT: String(catalogPort),
    CATALOG_URL: `http://127.0.0.1:${catalogPort}`,
    JWT_PRIVATE_KEY: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    ...env,
  };
  const orm = await openDatabase({ url: environment.DATABASE_URL ?? '', poolSize: 4 });
  const running = new Set<SpawnedService>();
  const tokens = new Map<string, string>();

  const spawn = async (name: ServiceName, more: Record<string, string> = {}) => {
    const service = await spawnService(name, { ...environment, ...more });
    running.add(service);
    return service;
  };
  const several = (number: number, name: ServiceName) => Promise.all(Array.from({ length: number }, () => spawn(name)));
  const [catalog, firstGateways, firstWorkers] = await Promise.all([
    spawn('catalog'),
    several(gateways, 'gateway'),
    several(workers, 'booking-worker'),
  ]);

  const boxoffice = {
    /** URL of the first gateway. */
    url: firstGateways[0]?.url ?? '',
    /** The first gateway's URL as it is in links. */
    publicUrl: (firstGateways[0]?.url ?? '').replace('127.0.0.1', 'localhost'),
    catalog,
    gateways: firstGateways,
    workers: firstWorkers,
    /** The environment of every service, for those that a test spawns itself. */
    environment,
    databaseUrl: servers.postgres.url,
    redisUrl: servers.redis.url,
    /** The dedicated servers; only with `ownServers`. */
    get servers() {
      if (!own) throw new Error('`servers` needs startBoxoffice({ ownServers: true })');
      return own;
    },
    /** The database, with all privileges. */
    orm,

    addGateway: (more?: Record<string, string>) => spawn('gateway', more),
    addWorker: (more?: Record<string, string>) => spawn('booking-worker', more),

    /** Adds a show, tomorrow by default, and returns its id. */
    async addShow(show: { id?: number; totalSeats?: number; seatsPerRow?: number; startsAt?: Date } = {}) {
      const { id, totalSeats = 100, seatsPerRow = 10, startsAt = new Date(Date.now() + 86_400_000) } = show;
      const [row] = await rows<{ id: number }>(
        orm,
        `with movie as (insert into catalog.movies (title, duration_minutes) values ('The Last Reel', 118) returning id)
         insert into catalog.shows (id, movie_id, screen_name, date_time, total_seats, seats_per_row)
         select coalesce(?::int, nextval('catalog.shows_id_seq')), id, 'Screen 1', ?::timestamptz, ?, ? from movie
         returning id`,
        [id ?? null, startsAt.toISOString(), totalSeats, seatsPerRow],
      );
      return row?.id ?? 0;
    },

    /** An access token as a login would return it, valid for 15 minutes. */
    token(user: number, role: 'user' | 'admin' = 'user') {
      const token = tokens.get(`${role} ${user}`) ?? accessToken(privateKey, user, role);
      tokens.set(`${role} ${user}`, token);
      return token;
    },

    /** Sends a request to a gateway. */
    async call<Body = BookingBody>(path: string, { method = 'GET', user, role, body, headers, gateway }: Call = {}) {
      const response = await fetch(`${(gateway ?? firstGateways[0])?.url}${path}`, {
        method,
        headers: {
          ...(user !== undefined && { authorization: `Bearer ${boxoffice.token(user, role)}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json');
      return {
        status: response.status,
        headers: response.headers,
        body: isJson ? JSON.parse(text) : text,
      } as Answer<Body>;
    },

    /** Books one or more seats of a show, as user 1 by default. */
    book(showId: number, seats: string | string[], call: BookingCall = {}) {
      return boxoffice.call(`/api/shows/${showId}/book/`, {
        method: 'POST',
        body: typeof seats === 'string' ? { seat_number: seats } : { seats },
        ...bookingCall(call),
      });
    },

    /** Holds seats of a show, as user 1 by default. */
    hold(showId: number, wish: string[] | { best: { count: number } }, call: BookingCall & { fields?: object } = {}) {
      const { fields, ...options } = call;
      return boxoffice.call(`/api/shows/${showId}/holds/`, {
        method: 'POST',
        body: { ...(Array.isArray(wish) ? { seats: wish } : wish), ...fields },
        ...bookingCall(options),
      });
    },

    /** Confirms a hold, as user 1 by default. */
    confirm(bookingId: string, call: BookingCall = {}) {
      return boxoffice.call(`/api/bookings/${bookingId}/confirm/`, { method: 'POST', ...bookingCall(call) });
    },

    /** Cancels a booking, as user 1 by default. */
    cancel(bookingId: string, call: BookingCall = {}) {
      return boxoffice.call(`/api/bookings/${bookingId}/cancel/`, { method: 'POST', ...bookingCall(call) });
    },

    /** Waits until the request with this id is decided, and returns the job. */
    outcome(
      jobId: string,
      { user = 1, timeoutMs = 15_000 }: { user?: number; timeoutMs?: number } = {},
    ): Promise<JobView> {
      return eventually(
        async () => {
          const { status, body } = await boxoffice.call<JobView>(`/api/jobs/${jobId}/`, { user });
          if (status !== 200) throw new Error(`job ${jobId}: ${status} ${JSON.stringify(body)}`);
          if (body.status === 'queued' || body.status === 'active') throw new Error(`job ${jobId} is ${body.status}`);
          return body;
        },
        { timeoutMs },
      );
    },

    /** The log lines of every service, one service after another. */
    logs: () => [...running].flatMap(({ logs }) => logs),

    /** The metrics of a gateway, the first by default. */
    async metrics({ gateway = firstGateways[0] }: Pick<Call, 'gateway'> = {}): Promise<string> {
      return (await fetch(`${gateway?.internalUrl}/metrics`)).text();
    },

    /** The readiness of the first gateway, with its details. */
    async health() {
      const response = await fetch(`${firstGateways[0]?.internalUrl}/readyz`);
      const body = (await response.json()) as { status: string; checks: Record<string, string> };
      return { status: response.status, body };
    },

    /** Queries the database; `?` is a placeholder. */
    rows: <Row extends object>(statement: string, parameters?: unknown[]) => rows<Row>(orm, statement, parameters),

    /** Stops every service and releases the servers. Resume frozen services first. */
    async stop() {
      await Promise.all([...running].map((service) => service.stop()));
      // Closing would wait for a transaction that a failed test left open.
      await Promise.race([orm.close(true), delay(1_000)]);
      await Promise.all([servers.postgres.drop(), servers.redis.drop()]);
    },
  };
  return boxoffice;
}

function bookingCall({ user = 1, wait, key, headers, ...call }: BookingCall): Call {
  const prefer = wait !== undefined && { prefer: wait > 0 ? `wait=${wait}` : 'respond-async' };
  return { ...call, user, headers: { ...prefer, ...(key !== undefined && { 'idempotency-key': key }), ...headers } };
}

async function rows<Row extends object>(orm: MikroORM, statement: string, parameters: unknown[] = []): Promise<Row[]> {
  return orm.em.getConnection().execute<Row[]>(statement, parameters);
}

async function both<A, B>(starting: { postgres: Promise<A>; redis: Promise<B> }): Promise<{ postgres: A; redis: B }> {
  const [postgres, redis] = await Promise.all([starting.postgres, starting.redis]);
  return { postgres, redis };
}
