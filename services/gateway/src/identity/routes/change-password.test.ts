import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let identity: StartedIdentity;
beforeAll(async () => {
  identity = await startIdentity({ env: { LOGIN_FAILURE_LIMIT_PER_MINUTE: '3' } });
});
afterAll(() => identity.stop());

const next = 'battery staple';
const change = (token: string, body: object, ip = '203.0.113.1') =>
  identity.post('/api/auth/password/', body, { token, ip });
const logIn = (username: string, password: string) => identity.post('/api/auth/login/', { username, password });
const me = (token: string) => identity.call('GET', '/api/auth/me/', { token });
const refresh = (token: string) => identity.post('/api/auth/refresh/', { refresh: token });

async function loggedIn(username: string) {
  await identity.signUp(username);
  return identity.logIn(username);
}

test('200: the new password counts, every other login ends, and the caller gets a new one', async () => {
  const mine = await loggedIn('alice');
  const other = await identity.logIn('alice');
  const response = await change(mine.access, { current: password, new: next });
  expect(response.status).toBe(200);
  expect(response.headers['cache-control']).toBe('no-store');

  for (const { access, refresh: token } of [mine, other]) {
    expect((await me(access)).status).toBe(401);
    expect((await refresh(token)).status).toBe(401);
  }
  expect((await me(response.body.access)).body.username).toBe('alice');
  expect((await refresh(response.body.refresh)).status).toBe(200);
  expect((await logIn('alice', password)).status).toBe(401);
  expect((await logIn('alice', next)).status).toBe(200);
});

test('400: the current password is wrong; nothing changes', async () => {
  const { access, refresh: token } = await loggedIn('bob');
  const response = await change(access, { current: 'wrong horse', new: next });
  expect(response).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  expect(Object.keys(response.body.errors ?? {})).toEqual(['current']);
  expect((await me(access)).status).toBe(200);
  expect((await refresh(token)).status).toBe(200);
});

test.each([
  ['short', 'short'],
  ['the current one', password],
  ['common', 'Password1'],
  ['that of the sample administrator', 'adminpass'],
])('400: the new password is %s', async (why, wanted) => {
  const { access } = await loggedIn(`carol-${why.replaceAll(' ', '-')}`);
  const response = await change(access, { current: password, new: wanted });
  expect(response.status).toBe(400);
  expect(Object.keys(response.body.errors ?? {})).toEqual(['new']);
  expect((await me(access)).status).toBe(200);
});

test('401: the account is no longer active', async () => {
  const id = await identity.signUp('dan');
  const { access } = await identity.logIn('dan');
  await identity.owner.em.fork().execute('update identity.users set is_active = false where id = ?', [id]);
  const response = await change(access, { current: password, new: next });
  expect(response).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
});

test('429: guesses count as failed logins, and leave the session alone', async () => {
  const { access } = await loggedIn('eve');
  for (let i = 0; i < 3; i++) expect((await change(access, { current: `guess ${i}`, new: next })).status).toBe(400);
  const response = await change(access, { current: password, new: next });
  expect(response).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
  expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
  const login = await identity.post('/api/auth/login/', { username: 'eve', password }, { ip: '203.0.113.1' });
  expect(login.status).toBe(429);
  expect((await me(access)).status).toBe(200);
  expect((await change(access, { current: password, new: next }, '203.0.113.2')).status).toBe(200);
});

test('of two concurrent changes one wins, and its login is the only one', async () => {
  const { access } = await loggedIn('fay');
  const wanted = ['battery staple 1', 'battery staple 2'];
  const responses = await Promise.all(wanted.map((wish) => change(access, { current: password, new: wish })));
  const winners = responses.filter(({ status }) => status === 200);
  expect(winners).toHaveLength(1);
  expect((await me(winners[0]?.body.access ?? '')).status).toBe(200);
  const logins = await Promise.all(wanted.map((wish) => logIn('fay', wish)));
  expect(logins.map(({ status }) => status).sort()).toEqual([200, 401]);
});
