/** How PostgreSQL executes the statements of read requests when the tables hold much more than they ask for. */
import { generateKeyPairSync } from 'node:crypto';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { loadConfig } from '@boxoffice/shared/service/config';
import type { Http } from '@boxoffice/shared/service/http';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openImpatientRedis, openPatientRedis, openSubscriber } from '@boxoffice/shared/service/redis';
import { createTestDatabase } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import { testSecret } from '@boxoffice/testing/internal-secret';
import { fillTables, large } from '@boxoffice/testing/large-tables';
import { collectStatements, explainEverything, type RunStatement } from '@boxoffice/testing/plans';
import { createTestRedis } from '@boxoffice/testing/redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildCatalog } from '../../services/catalog/src/app.ts';
import { buildGateway } from '../../services/gateway/src/app.ts';
import { StoredOutcomes } from '../../services/gateway/src/bookings/index.ts';
import { CatalogConnection } from '../../services/gateway/src/catalog/index.ts';
import { loadSigningKeys } from '../../services/gateway/src/identity/index.ts';
import { addKeyedRequests, ids, keyOfCancellation } from './keyed-requests.ts';

const logger = createLogger('test', { LOG_LEVEL: 'error' });
const password = 'correct horse';
const statements: RunStatement[] = [];
const stops: (() => Promise<unknown>)[] = [];

let http: Http;
let owner: MikroORM;
let gatewayOrm: MikroORM;
/** Access tokens of user 1, who has many bookings, and of an administrator. */
const tokens = { user: '', admin: '' };

beforeAll(async () => {
  const [database, testRedis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  stops.unshift(database.drop, testRedis.drop);
  owner = await openDatabase({ url: database.url });
  stops.unshift(() => owner.close());
  await explainEverything(database.url);
  const open = async (role: 'boxoffice_gateway' | 'boxoffice_catalog') => {
    const orm = await openDatabase({ url: database.url, role });
    stops.unshift(() => orm.close());
    await collectStatements(orm, statements);
    return orm;
  };

  const catalogOrm = await open('boxoffice_catalog');
  const settings = { turnaroundMinutes: 15, canPayOnline: false };
  const catalog = buildCatalog({ orm: catalogOrm, secret: testSecret, settings, logger });
  const catalogConnection = new CatalogConnection(await catalog.listen({ host: '127.0.0.1', port: 0 }), testSecret);
  const redis = openImpatientRedis(testRedis.url, logger);
  const [subscriber, consumer] = [openSubscriber(testRedis.url, logger), openPatientRedis(testRedis.url, logger)];
  const { privateKey } = generateKeyPairSync('ed25519');
  const config = loadConfig({
    NODE_ENV: 'test',
    JWT_PRIVATE_KEY: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  });
  gatewayOrm = await open('boxoffice_gateway');
  ({ http } = buildGateway({
    ...{ config, logger, redis, subscriber, consumer, catalogConnection },
    orm: gatewayOrm,
    keys: loadSigningKeys(config),
  }));
  stops.unshift(async () => {
    await http.close();
    await catalogConnection.close();
    await catalog.close();
    for (const connection of [redis, subscriber, consumer]) connection.disconnect();
  });
  await http.ready();

  for (const username of ['user', 'admin'] as const) await signUp(username);
  await run("update identity.users set role = 'admin' where username = 'admin'");
  for (const username of ['user', 'admin'] as const) tokens[username] = await logIn(username);
  await fillTables(owner);
  await addKeyedRequests(run);
  const tables = ['catalog.movies', 'catalog.shows', 'identity.users', 'booking.bookings', 'booking.seat_claims'];
  const audits = ['identity', 'catalog', 'booking'].map((schema) => `${schema}.audit_lines`);
  for (const table of [...tables, 'booking.requests', ...audits]) await run(`vacuum analyze ${table}`);
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

const run = <Row extends object>(statement: string) => owner.em.getConnection().execute<Row[]>(statement);

async function post(path: string, payload: object) {
  const response = await http.inject({ method: 'POST', url: path, payload });
  expect(response.statusCode, response.body).toBeLessThan(300);
  return response.json();
}
const signUp = (username: string) =>
  post('/api/auth/signup/', { username, email: `${username}@box.example`, password });
const logIn = async (username: string) => (await post('/api/auth/login/', { username, password })).access as string;

/** What the gateway reads every few seconds, independently of requests: revocations, and who owns the partitions. */
const periodic = /access_revocations|pg_locks|partitionings/;

/**
 * Sends a request, by default a GET, until it is not refused with 503; returns the body and the statements that were
 * run for it.
 */
function read(
  path: string,
  as?: keyof typeof tokens,
  { method = 'GET', more = {} }: { method?: 'GET' | 'POST'; more?: Record<string, string> } = {},
) {
  return eventually(
    async () => {
      await noStatementRunning();
      statements.length = 0;
      const url = path.replace(/:([a-z]+)/, (_, name: keyof typeof ids) => ids[name]);
      const headers = { ...more, ...(as && { authorization: `Bearer ${tokens[as]}` }) };
      const response = await http.inject({ method, url, headers });
      if (response.statusCode === 503) return null;
      expect([200, 202], response.body).toContain(response.statusCode);
      return { body: response.json(), statements: statements.filter(({ sql }) => !periodic.test(sql)) };
    },
    { timeoutMs: 30_000 },
  );
}

/** Waits for statements of earlier requests that nobody waited for. */
function noStatementRunning() {
  const active = `select 1 from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and state = 'active'
      and pid <> pg_backend_pid()`;
  return eventually(async () => (await run(active)).length === 0);
}

interface Reads {
  statements: number;
  /** The most rows it may visit. */
  rows: number;
  /** The table whose rows are all counted, because the count is part of the response. */
  counted?: 'movies' | 'shows' | 'bookings' | 'audit_lines';
}
type Role = keyof typeof tokens | undefined;

const page = 20;
const soldOfShow = large.seats * 0.95;
const showsOfPage = page * (1 + soldOfShow);
const bookingsOfUser = large.bookingsOfOneUser + large.bookings / large.users;
const cancelled = large.bookings / 20;
/** Each with its show, movie and, for an administrator, user. */
const bookingsOfPage = page * 4;
const twoDays = 'from=2030-01-10T00:00:00Z&to=2030-01-12T00:00:00Z';

test.each<[path: string, as: Role, Reads]>([
  ['/api/movies/', undefined, { statements: 2, rows: page + large.movies, counted: 'movies' }],
  // Once for the page and once for the count.
  ['/api/movies/?search=LAST reel', undefined, { statements: 2, rows: 2 * 200 }],
  ['/api/movies/?search=nowhere', undefined, { statements: 2, rows: 0 }],
  ['/api/movies/7/', undefined, { statements: 1, rows: 1 }],
  ['/api/movies/1/shows/', undefined, { statements: 3, rows: showsOfPage + large.showsOfOneMovie }],
  [`/api/movies/1/shows/?${twoDays}`, undefined, { statements: 3, rows: showsOfPage + 24 }],
  [`/api/shows/?${twoDays}`, undefined, { statements: 3, rows: showsOfPage + 48 }],
  ['/api/shows/', undefined, { statements: 3, rows: showsOfPage + large.shows, counted: 'shows' }],
  ['/api/shows/1000/', undefined, { statements: 2, rows: 1 + soldOfShow }],
  ['/api/shows/1000/seats/', undefined, { statements: 1, rows: 1 + soldOfShow }],
  ['/api/my-bookings/', 'user', { statements: 3, rows: bookingsOfPage + bookingsOfUser }],
  ['/api/my-bookings/?status=booked', 'user', { statements: 3, rows: bookingsOfPage + bookingsOfUser }],
  // PostgreSQL may combine two indexes.
  ['/api/my-bookings/?status=cancelled', 'user', { statements: 3, rows: 2 * (bookingsOfUser + cancelled) + page }],
  ['/api/bookings/:booked/', 'user', { statements: 1, rows: 1 }],
  // The request may be in either of two indexes.
  ['/api/jobs/:booked/', 'user', { statements: 1, rows: 2 }],
  ['/api/jobs/:cancelling/', 'user', { statements: 1, rows: 2 }],
  ['/api/jobs/:rejected/', 'user', { statements: 1, rows: 1 }],
  ['/api/admin/bookings/', 'admin', { statements: 4, rows: bookingsOfPage + 100_000, counted: 'bookings' }],
  [
    '/api/admin/bookings/?status=booked',
    'admin',
    { statements: 4, rows: bookingsOfPage + 100_000 + cancelled, counted: 'bookings' },
  ],
  ['/api/admin/bookings/?user_id=1', 'admin', { statements: 4, rows: bookingsOfPage + bookingsOfUser }],
  ['/api/admin/bookings/?show_id=1000', 'admin', { statements: 4, rows: bookingsOfPage + large.seats }],
  ['/api/admin/bookings/?status=cancelled', 'admin', { statements: 4, rows: bookingsOfPage + cancelled }],
  ['/api/admin/bookings/?status=held', 'admin', { statements: 3, rows: 0 }],
  ['/api/admin/bookings/:booked/', 'admin', { statements: 3, rows: 4 }],
  ['/api/admin/users/?search=R777', 'admin', { statements: 2, rows: 2 * 30 }],
  // From each schema, as many as could be on the page.
  ['/api/admin/audit/', 'admin', { statements: 2, rows: 5 * page + 3.01 * large.auditLines, counted: 'audit_lines' }],
  ['/api/admin/audit/?subject=show&subject_id=7', 'admin', { statements: 2, rows: 3 * 100 + page }],
  // Only the bookings of its days, none here, and the count of all upcoming shows.
  ['/api/admin/dashboard/', 'admin', { statements: 6, rows: 24 * (3 + soldOfShow) + large.shows, counted: 'shows' }],
  // The payments of that day, and their shows with their movies.
  ['/api/admin/takings/?date=2023-11-15', 'admin', { statements: 2, rows: 86_400 / 100 + 2 * (large.shows / 1_000) }],
])('%s reads only what it returns', async (path, as, { statements, rows, counted }) => {
  const { body, statements: run } = await read(path, as);
  expect(run.length).toBe(statements);
  expect(run.flatMap(({ readWhole }) => readWhole).filter((table) => table !== counted)).toEqual([]);
  expect(sum(run, 'rows')).toBeLessThanOrEqual(rows);
  // From the root of an index to a row; a trigram index starts with lists.
  expect(sum(run, 'pages')).toBeLessThanOrEqual(4 * sum(run, 'rows') + 20 * statements);
  if (rows > 0) expect(body.results ?? [body]).not.toEqual([]);
});

const sum = (run: RunStatement[], field: 'rows' | 'pages') => run.reduce((total, one) => total + one[field], 0);

test.each([
  // The request that the key belongs to, its outcome, and its booking.
  ['a repeat of an Idempotency-Key that Redis has forgotten', keyOfCancellation, { status: 'cancelled' }, 3],
  // The booking that is to be cancelled, and no request.
  ['a request with a new Idempotency-Key', 'a new key', { kind: 'cancel', status: 'queued' }, 1],
])('%s reads only what it returns', async (_, idempotencyKey, expected, rows) => {
  const { body, statements: run } = await read('/api/bookings/:cancelled/cancel/', 'user', {
    method: 'POST',
    more: { 'idempotency-key': idempotencyKey, prefer: 'respond-async' },
  });
  expect(body).toMatchObject(expected);
  expectKeyed(run, 2, rows);
});

test('a sweep for overdue outcomes reads only those', async () => {
  const some = await run<{ id: string }>('select id from booking.requests order by md5(id::text) limit 1000');
  const outcomes = new StoredOutcomes(gatewayOrm);
  const found = await eventually(async () => {
    await noStatementRunning();
    statements.length = 0;
    return outcomes.findMany(some.map(({ id }) => id));
  });
  expect(found.size).toBe(1_000);
  expectKeyed(
    statements.filter(({ sql }) => !periodic.test(sql)),
    1,
    2_000,
  );
});

function expectKeyed(run: RunStatement[], count: number, rows: number): void {
  expect(run.length).toBe(count);
  expect(run.flatMap(({ readWhole }) => readWhole)).toEqual([]);
  expect(sum(run, 'rows')).toBeLessThanOrEqual(rows);
  expect(sum(run, 'pages')).toBeLessThanOrEqual(4 * sum(run, 'rows') + 20 * count);
}

test.each<[path: string, as: Role]>([
  ['/api/movies/', undefined],
  ['/api/movies/1/shows/', undefined],
  ['/api/shows/', undefined],
  ['/api/my-bookings/', 'user'],
  ['/api/admin/bookings/', 'admin'],
  ['/api/admin/users/', 'admin'],
])('%s runs as many statements for a hundred results as for two', async (path, as) => {
  const few = await read(`${path}?page_size=2`, as);
  const many = await read(`${path}?page_size=100`, as);
  expect([few.body.results.length, many.body.results.length]).toEqual([2, 100]);
  expect(many.statements.length).toBe(few.statements.length);
});
