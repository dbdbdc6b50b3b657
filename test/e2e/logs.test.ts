/** The log lines at the most verbose level (`LOG_LEVEL=trace`), and secrets that must never be in them. */
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface Tokens {
  access: string;
  refresh: string;
}

let boxoffice: Boxoffice;
let show: number;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ env: { LOG_LEVEL: 'trace' } });
  show = await boxoffice.addShow();
});
afterAll(() => boxoffice.stop());

const services = () => [boxoffice.catalog, ...boxoffice.gateways, ...boxoffice.workers];
const logged = () => services().flatMap(({ logs }) => logs);
const post = <Body>(path: string, body: unknown, headers = {}) =>
  boxoffice.call<Body>(path, { method: 'POST', body, headers });

test("a request's id follows it through the gateway, the catalog, the queue and the worker", async () => {
  const show = await boxoffice.addShow(); // not cached yet, so the gateway must ask the catalog
  const { body } = await boxoffice.book(show, 'A1', { wait: 10, headers: { 'x-request-id': 'order-4711' } });
  const line = /"reqId":"order-4711"/;
  const [gateway] = boxoffice.gateways;
  const [worker] = boxoffice.workers;
  expect(JSON.parse((await gateway?.waitForLog(line)) ?? '')).toMatchObject({
    service: 'gateway',
    msg: 'request',
    method: 'POST',
    route: '/api/shows/:id/book/',
    status: 201,
  });
  expect(JSON.parse((await worker?.waitForLog(line)) ?? '')).toMatchObject({
    service: 'booking-worker',
    msg: 'decided',
    kind: 'book',
    show,
    job: body.id,
    status: 'succeeded',
  });
  expect(JSON.parse(await boxoffice.catalog.waitForLog(line))).toMatchObject({ service: 'catalog', msg: 'request' });
});

test('a rejection is logged with its reason, not as an error', async () => {
  await boxoffice.book(show, 'A2', { wait: 10 });
  await boxoffice.book(show, 'A2', { wait: 10, headers: { 'x-request-id': 'too-late' } });
  const [worker] = boxoffice.workers;
  expect(JSON.parse((await worker?.waitForLog(/"reqId":"too-late"/)) ?? '')).toMatchObject({
    level: 'info',
    status: 'rejected',
    reason: 'seat_taken',
  });
});

test('no log contains a password, token or key, after successes and failures', async () => {
  const password = 'Xk5-open-sesame';
  const account = { username: 'alice', email: 'alice@example.com', password };
  await post('/api/auth/signup/', account);
  await post('/api/auth/signup/', account); // user name taken
  await post('/api/auth/signup/', { ...account, username: '!' }); // invalid
  const { body: tokens } = await post<Tokens>('/api/auth/login/', account);
  await post('/api/auth/login/', { ...account, password: `${password}-not` });
  await post('/login', { username: { name: 'alice' }, password });
  const { body: next } = await post<Tokens>('/api/auth/refresh/', { refresh: tokens.refresh });
  await post('/api/auth/refresh/', { refresh: tokens.refresh }); // already used
  await post('/api/auth/logout/', { refresh: next.refresh });
  const bearer = { authorization: `Bearer ${tokens.access}`, cookie: `session=${password}` };
  await post(`/api/shows/${show}/book/`, { seat_number: 'A3' }, { ...bearer, prefer: 'wait=10' });
  await post(`/api/shows/${show}/book/`, { seat_number: password }, bearer);
  await post(`/api/admin/users/`, account, bearer); // forbidden
  await boxoffice.call('/api/my-bookings/', { headers: { authorization: `Bearer ${tokens.access}x` } });
  const basic = Buffer.from(`alice:${password}`).toString('base64');
  await boxoffice.call('/ops/queues/', { headers: { authorization: `Basic ${basic}` } });
  await boxoffice.call('/livez', { headers: { 'x-request-id': 'the-end' } });
  await boxoffice.call('/api/movies/', { headers: { 'x-request-id': 'the-end' } });
  await boxoffice.gateways[0]?.waitForLog(/"reqId":"the-end"/);

  const log = logged().join('\n');
  expect(log).toContain('/api/auth/login/');
  const [, , signature = ''] = tokens.access.split('.');
  const key = boxoffice.environment.JWT_PRIVATE_KEY?.split('\n')[1] ?? '';
  for (const secret of [password, tokens.access, signature, tokens.refresh, next.access, next.refresh, basic, key]) {
    expect(secret.length).toBeGreaterThan(10);
    expect(log.includes(secret)).toBe(false);
  }
});

test('every line is JSON with time, service and level', () => {
  const lines = logged();
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      level: expect.stringMatching(/^(trace|debug|info|warn|error|fatal)$/),
      service: expect.stringMatching(/^(gateway|catalog|booking-worker)$/),
    });
  }
});
