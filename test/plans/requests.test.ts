/** What PostgreSQL does for the requests that only read, when there is much that they do not ask for. */
import { generateKeyPairSync } from 'node:crypto';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { loadConfig } from '@boxoffice/shared/service/config';
import type { Http } from '@boxoffice/shared/service/http';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openImpatientRedis, openPatientRedis } from '@boxoffice/shared/service/redis';
import { createTestDatabase } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import { fillTables, large } from '@boxoffice/testing/large-tables';
import { collectStatements, explainEverything, type RunStatement } from '@boxoffice/testing/plans';
import { createTestRedis } from '@boxoffice/testing/redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildCatalog } from '../../services/catalog/src/app.ts';
import { buildGateway } from '../../services/gateway/src/app.ts';
import { CatalogConnection } from '../../services/gateway/src/catalog/catalog-connection.ts';
import { loadSigningKeys } from '../../services/gateway/src/identity/signing-keys.ts';

const logger = createLogger('test', { LOG_LEVEL: 'error' });
const password = 'correct horse';
const statements: RunStatement[] = [];
const stops: (() => Promise<unknown>)[] = [];

let http: Http;
let owner: MikroORM;
/** Access tokens of user 1, who books much, and of an administrator. */
const tokens = { user: '', admin: '' };
/** Requests of user 1: one that booked, one that cancelled. */
const ids = { booked: '', cancelling: '' };

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

  const catalog = buildCatalog({ orm: await open('boxoffice_catalog'), logger });
  const catalogConnection = new CatalogConnection(await catalog.listen({ host: '127.0.0.1', port: 0 }));
  const redis = openImpatientRedis(testRedis.url, logger);
  const subscriber = openPatientRedis(testRedis.url, logger);
  const { privateKey } = generateKeyPairSync('ed25519');
  const config = loadConfig({
    NODE_ENV: 'test',
    JWT_PRIVATE_KEY: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  });
  http = buildGateway({
    ...{ config, logger, redis, subscriber, catalogConnection },
    orm: await open('boxoffice_gateway'),
    keys: loadSigningKeys(config),
  });
  stops.unshift(async () => {
    await http.close();
    await catalogConnection.close();
    await catalog.close();
    redis.disconnect();
    subscriber.disconnect();
  });
  await http.ready();

  for (const username of ['user', 'admin'] as const) await signUp(username);
  await run("update identity.users set role = 'admin' where username = 'admin'");
  for (const username of ['user', 'admin'] as const) tokens[username] = await logIn(username);
  await fillTables(owner);
  const tables = ['catalog.movies', 'catalog.shows', 'identity.users', 'booking.bookings', 'booking.seat_claims'];
  for (const table of [...tables, ...['identity', 'catalog', 'booking'].map((schema) => `${schema}.audit_lines`)])
    await run(`vacuum analyze ${table}`);
  const [found] = await run<typeof ids>(
    `select min(id::text) filter (where status = 'booked') as booked, min(cancelled_by::text) as cancelling
     from booking.bookings where user_id = 1`,
  );
  Object.assign(ids, found);
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

const run = <Row extends object>(statement: string) => owner.em.getConnection().execute<Row[]>(statement);

async function post(path: string, payload: object) {
  const answer = await http.inject({ method: 'POST', url: path, payload });
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return answer.json();
}
const signUp = (username: string) =>
  post('/api/auth/signup/', { username, email: `${username}@box.example`, password });
const logIn = async (username: string) => (await post('/api/auth/login/', { username, password })).access as string;

/** Asks until a busy machine answers; gives the answer, with the statements that were run for it. */
function ask(path: string, as?: keyof typeof tokens) {
  return eventually(
    async () => {
      await noneUnderWay();
      statements.length = 0;
      const url = path.replace(':booked', ids.booked).replace(':cancelling', ids.cancelling);
      const headers = as && { authorization: `Bearer ${tokens[as]}` };
      const answer = await http.inject({ method: 'GET', url, ...(headers && { headers }) });
      if (answer.statusCode === 503) return null;
      expect(answer.statusCode, answer.body).toBe(200);
      // The gateway reads these every few seconds, for no request.
      return { body: answer.json(), statements: statements.filter(({ sql }) => !sql.includes('access_revocations')) };
    },
    { timeoutMs: 30_000 },
  );
}

/** Waits for what a request still runs whose answer nobody waited for. */
function noneUnderWay() {
  const active = `select 1 from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and state = 'active'
      and pid <> pg_backend_pid()`;
  return eventually(async () => (await run(active)).length === 0);
}

interface Reads {
  statements: number;
  /** Rows that are looked at, at most. */
  rows: number;
  /** Table whose rows are all counted, because that is part of the answer. */
  counted?: 'movies' | 'shows' | 'bookings' | 'audit_lines';
}
type Asker = keyof typeof tokens | undefined;

const page = 20;
const soldOfShow = large.seats * 0.95;
const showsOfPage = page * (1 + soldOfShow);
const bookingsOfUser = large.bookingsOfOneUser + large.bookings / large.users;
const cancelled = large.bookings / 20;
/** Each with its show, the movie and, for an administrator, the user. */
const bookingsOfPage = page * 4;
const twoDays = 'from=2030-01-10T00:00:00Z&to=2030-01-12T00:00:00Z';

test.each<[path: string, as: Asker, Reads]>([
  ['/api/movies/', undefined, { statements: 2, rows: page + large.movies, counted: 'movies' }],
  // For the page and for the count.
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
  // Two indexes may be laid over each other.
  ['/api/my-bookings/?status=cancelled', 'user', { statements: 3, rows: 2 * (bookingsOfUser + cancelled) + page }],
  ['/api/bookings/:booked/', 'user', { statements: 1, rows: 1 }],
  // Either of two indexes may know the request.
  ['/api/jobs/:booked/', 'user', { statements: 1, rows: 2 }],
  ['/api/jobs/:cancelling/', 'user', { statements: 1, rows: 2 }],
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
  // Of each schema as many as could be on the page.
  ['/api/admin/audit/', 'admin', { statements: 2, rows: 4 * page + 3 * large.auditLines, counted: 'audit_lines' }],
  ['/api/admin/audit/?subject=show&subject_id=7', 'admin', { statements: 2, rows: 3 * 100 + page }],
  // Of the bookings those of its days alone, and here there are none; with the count of all shows to come.
  ['/api/admin/dashboard/', 'admin', { statements: 6, rows: 24 * (3 + soldOfShow) + large.shows, counted: 'shows' }],
])('%s reads what it answers', async (path, as, { statements, rows, counted }) => {
  const { body, statements: run } = await ask(path, as);
  expect(run.length).toBe(statements);
  expect(run.flatMap(({ readWhole }) => readWhole).filter((table) => table !== counted)).toEqual([]);
  expect(sum(run, 'rows')).toBeLessThanOrEqual(rows);
  // From the root of an index to a row; an index of parts of words has lists to begin with.
  expect(sum(run, 'pages')).toBeLessThanOrEqual(4 * sum(run, 'rows') + 20 * statements);
  if (rows > 0) expect(body.results ?? [body]).not.toEqual([]);
});

const sum = (run: RunStatement[], what: 'rows' | 'pages') => run.reduce((all, one) => all + one[what], 0);

test.each<[path: string, as: Asker]>([
  ['/api/movies/', undefined],
  ['/api/movies/1/shows/', undefined],
  ['/api/shows/', undefined],
  ['/api/my-bookings/', 'user'],
  ['/api/admin/bookings/', 'admin'],
  ['/api/admin/users/', 'admin'],
])('%s takes as many statements for a hundred results as for two', async (path, as) => {
  const few = await ask(`${path}?page_size=2`, as);
  const many = await ask(`${path}?page_size=100`, as);
  expect([few.body.results.length, many.body.results.length]).toEqual([2, 100]);
  expect(many.statements.length).toBe(few.statements.length);
});
