/** A campaign of the fuzzer against the whole system. `pnpm fuzz` runs a longer one. */
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { ensurePages } from '@boxoffice/testing/pages';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Random } from '../torture/random.ts';
import { runCampaign } from './campaign.ts';
import { type Document, readOperations } from './document.ts';
import { pagePaths } from './page-paths.ts';
import { faultsIn, MemoryWatch } from './processes.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Options of `pnpm fuzz`; undefined in every other run. */
    fuzz?: { requests: number; seed: number };
  }
}

const asked = inject('fuzz');
const { requests, seed } = asked ?? { requests: 20_000, seed: 1 };
const timeout = asked ? 24 * 60 * 60 * 1_000 : 600_000;
/** Users whom no request names, so that no request of an administrator ends them. */
const user = 900_001;
const administrator = 900_002;
/** Beyond this a process has a leak, in MB. */
const memoryLimitMb = 700;

/**
 * Operations that seldom or never succeed: they need a password, a signature, the id of a booking or of a payment that is
 * in one state, or a body that is right by chance.
 */
const maySucceedNever: readonly string[] = [
  ...['POST /api/auth/login/', 'POST /api/auth/password/', 'POST /api/auth/refresh/'],
  ...['GET /api/bookings/{id}/', 'POST /api/bookings/{id}/cancel/', 'POST /api/shows/{id}/book/'],
  ...['GET /api/jobs/{id}/', 'GET /api/jobs/{id}/events/'],
  ...['GET /api/admin/bookings/{id}/', 'DELETE /api/admin/bookings/{id}/', 'POST /api/admin/bookings/{id}/cancel/'],
  ...['POST /api/admin/bookings/{id}/pay/', 'POST /api/bookings/{id}/confirm/'],
  ...['GET /api/payments/{id}/', 'POST /api/bookings/{id}/payments/', 'POST /api/payments/events/{provider}/'],
  ...[
    'GET /api/admin/payments/{id}/',
    'POST /api/admin/payments/{id}/refund/',
    'POST /api/admin/payments/{id}/resolve/',
    'PUT /api/admin/screens/{id}/',
    'PATCH /api/admin/screens/{id}/',
  ],
  ...['PATCH /api/admin/movies/{id}/', 'POST /api/admin/movies/{id}/shows/run/'],
  ...['POST /api/admin/users/', 'PUT /api/admin/users/{id}/', 'PATCH /api/admin/users/{id}/'],
];
/** Of the right form, and of no password: a change of the personas' password would end their tokens. */
const noPassword = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

let boxoffice: Boxoffice;
beforeAll(async () => {
  await ensurePages();
  boxoffice = await startBoxoffice({
    env: {
      LOG_LEVEL: 'warn',
      TRUST_PROXY: '1',
      // Without a provider, whoever begins a payment is refused with 503.
      PAYMENT_PROVIDER: 'test',
      // A valid sign-up or login costs a password hash: a few are enough.
      SIGNUP_LIMIT_PER_MINUTE: '20',
      LOGIN_FAILURE_LIMIT_PER_MINUTE: '5',
    },
  });
  for (let show = 1; show <= 5; show++) await boxoffice.addShow();
  await boxoffice.rows(
    `insert into identity.users (id, username, email, password_hash, role)
     select id, 'user' || id, 'user' || id || '@example.com', ?, case when id = ? then 'admin' else 'user' end
     from unnest(array[1, 2, 3, 4, 5, ${user}, ${administrator}]) as id`,
    [noPassword, administrator],
  );
  await boxoffice.rows(
    `update catalog.shows set payment = 'online', prices = '{"standard": 1250}', currency = 'EUR' where id = 5`,
  );
  await boxoffice.rows(
    `insert into payments.payments (id, show_id, booking_id, user_id, provider, reference, amount, currency, status, ended_at)
     select gen_random_uuid(), 5, gen_random_uuid(), ?, 'test', 'checkout ' || n, 1250, 'EUR', 'failed', now()
     from generate_series(1, 100) as n`,
    [user],
  );
  for (let screen = 1; screen <= 5; screen++) {
    const body = { name: `Fuzzed ${screen}`, layout: ['aaa', 'aaa'], legend: { a: { category: 'standard' } } };
    const added = await boxoffice.call('/api/admin/screens/', {
      method: 'POST',
      user: administrator,
      role: 'admin',
      body,
    });
    expect(added.status).toBe(201);
  }
  await boxoffice.rows("select setval(pg_get_serial_sequence('identity.users', 'id'), 100)");
});
afterAll(() => boxoffice.stop());

test('every response is documented, a problem when it is an error, with security headers, within 1 s', {
  timeout,
}, async () => {
  const { body: document } = await boxoffice.call<Document>('/schema/');
  const processes = [...boxoffice.gateways, boxoffice.catalog, ...boxoffice.workers];
  const memory = new MemoryWatch(processes);
  await memory.start();
  const operations = readOperations(document);
  const startedAt = performance.now();
  const tally = await runCampaign({
    port: Number(new URL(boxoffice.url).port),
    operations,
    pages: await pagePaths(boxoffice.url),
    tokens: () => ({
      anonymous: null,
      user: boxoffice.token(user),
      administrator: boxoffice.token(administrator, 'admin'),
    }),
    requests,
    random: new Random(seed),
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  await memory.stop();
  console.log(
    [
      ...tally.lines,
      `seed ${seed} · ${tally.requests} requests in ${seconds.toFixed(0)} s · ${tally.repeated} slow or 503 under load, repeated alone`,
      memory.line,
    ].join('\n'),
  );
  expect(tally.findings).toEqual([]);
  const withSuccess = operations.map(({ name }) => name).filter((name) => !maySucceedNever.includes(name));
  expect(tally.withoutSuccess(withSuccess)).toEqual([]);
  expect(processes.flatMap(({ logs }) => faultsIn(logs))).toEqual([]);
  expect(memory.peakMb).toBeLessThan(memoryLimitMb);
  for (const path of ['/livez', '/readyz']) expect((await boxoffice.call(path)).status).toBe(200);
  expect(tally.requests).toBe(requests);
});
