import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type IdentityResponse,
  password,
  type StartedIdentity,
  startIdentity,
} from '../../../test/started-identity.ts';

let identity: StartedIdentity;
beforeAll(async () => {
  identity = await startIdentity({ env: { LOGIN_FAILURE_LIMIT_PER_MINUTE: '3', LOGIN_LIMIT_PER_MINUTE: '30' } });
});
afterAll(() => identity.stop());

const logIn = (username: string, guess: string, ip: string) =>
  identity.post('/api/auth/login/', { username, password: guess }, { ip });
const refused = { status: 429, body: { code: 'too_many_requests' } };
const waitOf = ({ headers }: IdentityResponse) => Number(headers['retry-after']);
async function failThreeTimes(username: string, ip: string) {
  for (let i = 0; i < 3; i++) expect((await logIn(username, 'wrong', ip)).status).toBe(401);
}

test('after three failures even the correct password has to wait, from that address only', async () => {
  await identity.signUp('alice');
  const { access, refresh } = await identity.logIn('alice');
  await failThreeTimes('alice', '198.51.100.2');
  const response = await logIn('ALICE', password, '198.51.100.2');
  expect(response).toMatchObject(refused);
  expect(waitOf(response)).toBeGreaterThan(0);
  expect(waitOf(response)).toBeLessThanOrEqual(60);

  // The owner is elsewhere, or has a session.
  expect((await logIn('alice', password, '198.51.100.3')).status).toBe(200);
  expect((await identity.call('GET', '/api/auth/me/', { token: access, ip: '198.51.100.2' })).status).toBe(200);
  expect((await identity.post('/api/auth/refresh/', { refresh }, { ip: '198.51.100.2' })).status).toBe(200);
});

test('the wait doubles each time, up to a quarter of an hour', async () => {
  const id = await identity.signUp('walt');
  const ip = '198.51.100.4';
  const waits: number[] = [];
  for (let round = 0; round < 6; round++) {
    await failThreeTimes('walt', ip);
    waits.push(waitOf(await logIn('walt', password, ip)));
    // As if the wait were over.
    expect(await identity.redis.del(`boxoffice:limit:login-failures:user:${id}|${ip}`)).toBe(1);
  }
  for (const [i, most] of [60, 120, 240, 480, 900, 900].entries()) {
    expect(waits[i]).toBeLessThanOrEqual(most);
    expect(waits[i]).toBeGreaterThan(most - 10);
  }
});

test('a success makes earlier failures count for nothing, and does not count itself', async () => {
  await identity.signUp('bob');
  const ip = '198.51.100.5';
  for (let i = 0; i < 3; i++) {
    expect((await logIn('bob', 'wrong', ip)).status).toBe(401);
    expect((await logIn('bob', 'wrong', ip)).status).toBe(401);
    expect((await logIn('bob', password, ip)).status).toBe(200);
  }
});

test('unknown names are limited in the same way, so the limit reveals nothing', async () => {
  await failThreeTimes('nobody', '198.51.100.6');
  expect(await logIn('NoBody', 'wrong', '198.51.100.6')).toMatchObject(refused);
});

test('names that the database holds to be equal share a limit, though JavaScript does not', async () => {
  await identity.signUp('iris');
  const ip = '198.51.100.7';
  const spellings = ['İris', 'irİs', 'İRİS', 'IRIS', 'iris'].map((name) => name.normalize('NFC'));
  expect(new Set(spellings.map((name) => name.toLowerCase())).size).toBeGreaterThan(1);
  const statuses: number[] = [];
  for (const name of spellings) statuses.push((await logIn(name, 'wrong', ip)).status);
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
});

// On a busy machine, some may get a 429 because their turn to hash did not come in time.
test('one address may fail ten times as often, across all names', { retry: 2 }, async ({ task }) => {
  const attempt = task.result?.retryCount ?? 0;
  const name = `carol${attempt}`;
  await identity.signUp(name);
  const ip = `198.51.100.${100 + attempt}`;
  const responses: IdentityResponse[] = [];
  for (let i = 0; i < 30; i += 5)
    responses.push(...(await Promise.all([0, 1, 2, 3, 4].map((j) => logIn(`guess${i + j}`, 'wrong', ip)))));
  expect(responses.map(({ status }) => status)).toEqual(Array(30).fill(401));
  expect((await logIn(name, password, ip)).status).toBe(429);
  expect((await logIn(name, password, '198.51.100.1')).status).toBe(200);
});

test('fifty concurrent guesses get no more attempts than sequential ones', async () => {
  await identity.signUp('dave');
  const ip = '192.0.2.1';
  const responses = await Promise.all(Array.from({ length: 50 }, (_, i) => logIn('dave', `guess${i}`, ip)));
  expect(responses.filter(({ status }) => status === 401)).toHaveLength(3);
  expect(responses.filter(({ status }) => status === 429)).toHaveLength(47);
  expect(await logIn('dave', password, ip)).toMatchObject(refused);
});

test('valid logins of one user from one address are limited, those of others are not', async () => {
  for (const name of ['erin', 'fred']) await identity.signUp(name);
  const ip = '192.0.2.2';
  for (let i = 0; i < 30; i++) expect((await logIn('erin', password, ip)).status).toBe(200);
  const response = await logIn('erin', password, ip);
  expect(response).toMatchObject(refused);
  expect(waitOf(response)).toBeLessThanOrEqual(60);
  expect((await logIn('erin', password, '192.0.2.3')).status).toBe(200);
  expect((await logIn('fred', password, ip)).status).toBe(200);
});

// On a busy machine, the database may not respond in time.
test('three hundred concurrent logins to one account delay nobody else', { retry: 2 }, async ({ task }) => {
  const attempt = task.result?.retryCount ?? 0;
  const [gina, hugo, ip] = [`gina${attempt}`, `hugo${attempt}`, `192.0.2.${100 + attempt}`];
  for (const name of [gina, hugo]) await identity.signUp(name);
  const begin = performance.now();
  const flood = Array.from({ length: 300 }, () => logIn(gina, password, ip));
  const other = await logIn(hugo, password, ip);
  expect(other.status).toBe(200);
  expect(performance.now() - begin).toBeLessThan(1_500);
  const statuses = new Set((await Promise.all(flood)).map(({ status }) => status));
  expect([...statuses].sort()).toEqual([200, 429]);
});
