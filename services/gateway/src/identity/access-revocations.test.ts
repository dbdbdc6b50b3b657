/** Access tokens that are revoked before they expire, on two gateways. */

import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { expectProblem } from '@boxoffice/testing/problem';
import type { SpawnedService } from '@boxoffice/testing/service';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';

const admin = { user: 1, role: 'admin' } as const;
let boxoffice: Boxoffice;
let first: SpawnedService;
let second: SpawnedService;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ gateways: 2 });
  [first, second] = boxoffice.gateways as [SpawnedService, SpawnedService];
  const root = await signUp('root');
  await boxoffice.rows("update identity.users set role = 'admin' where id = ? returning id", [root]);
});
afterAll(() => boxoffice.stop());

interface Body {
  id: number;
  access: string;
  refresh: string;
  role: string;
}

const password = 'correct horse';
async function signUp(username: string): Promise<number> {
  const body = { username, email: `${username}@example.com`, password };
  return (await boxoffice.call<Body>('/api/auth/signup/', { method: 'POST', body })).body.id;
}
const post = (path: string, body: object) => boxoffice.call<Body>(path, { method: 'POST', body });
const logIn = async (username: string) => (await post('/api/auth/login/', { username, password })).body;
const withToken = (path: string, token: string, gateway: SpawnedService) =>
  boxoffice.call<Body>(path, { headers: { authorization: `Bearer ${token}` }, gateway });
const myBookings = (token: string, gateway: SpawnedService) => withToken('/api/my-bookings/', token, gateway);
const change = (id: number, body: object) =>
  boxoffice.call(`/api/admin/users/${id}/`, { method: 'PATCH', body, ...admin });

/** A token that both gateways have verified and cached. */
async function goodToken(username: string): Promise<{ id: number; access: string; refresh: string }> {
  const id = await signUp(username);
  const { access, refresh } = await logIn(username);
  for (const gateway of [first, second]) expect((await myBookings(access, gateway)).status).toBe(200);
  return { id, access, refresh };
}

/** Refused immediately where it was revoked, and on the other gateway after its message. */
async function expectRevoked(access: string): Promise<void> {
  expectProblem(await myBookings(access, first), 'unauthenticated');
  await eventually(async () => (await myBookings(access, second)).status === 401, { timeoutMs: 2_000 });
}

test('deactivation takes effect immediately on every gateway, and nothing can be booked any more', async () => {
  const show = await boxoffice.addShow();
  const { id, access, refresh } = await goodToken('ada');
  expect((await change(id, { is_active: false })).status).toBe(200);
  await expectRevoked(access);
  for (const gateway of [first, second]) {
    const headers = { authorization: `Bearer ${access}` };
    const body = { seat_number: 'A1' };
    const response = await boxoffice.call(`/api/shows/${show}/book/`, { method: 'POST', headers, body, gateway });
    expectProblem(response, 'unauthenticated');
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  }
  expect((await post('/api/auth/refresh/', { refresh })).status).toBe(401);

  await change(id, { is_active: true });
  await expectRevoked(access); // the old token stays revoked
  expect((await myBookings((await logIn('ada')).access, second)).status).toBe(200);
});

test('a role change takes effect immediately; the next token has the new role', async () => {
  const { id, refresh: asUser } = await goodToken('bea');
  await change(id, { role: 'admin' });
  const { access, refresh } = (await post('/api/auth/refresh/', { refresh: asUser })).body;
  for (const gateway of [first, second]) {
    await eventually(async () => (await withToken('/api/admin/users/', access, gateway)).status === 200);
  }
  await change(id, { role: 'user' });
  await expectRevoked(access);
  const next = (await post('/api/auth/refresh/', { refresh })).body;
  for (const gateway of [first, second]) {
    expect((await myBookings(next.access, gateway)).status).toBe(200);
    expectProblem((await withToken('/api/admin/users/', next.access, gateway)) as never, 'forbidden');
  }
});

test('a new password and a deletion revoke access tokens too; a new name does not', async () => {
  const { id, access } = await goodToken('cyd');
  await change(id, { username: 'cydney' });
  expect((await myBookings(access, first)).status).toBe(200);
  await change(id, { password: 'another password' });
  await expectRevoked(access);

  const { id: gone, access: theirs } = await goodToken('dan');
  expect((await boxoffice.call(`/api/admin/users/${gone}/`, { method: 'DELETE', ...admin })).status).toBe(204);
  await expectRevoked(theirs);
});

test('a logout ends the access tokens of its login on every gateway, and of no other', async () => {
  const { access, refresh } = await goodToken('ivy');
  const other = await logIn('ivy');
  const renewed = (await post('/api/auth/refresh/', { refresh })).body;
  expect((await post('/api/auth/logout/', { refresh: renewed.refresh })).status).toBe(204);
  await expectRevoked(access);
  await expectRevoked(renewed.access);
  for (const gateway of [first, second]) expect((await myBookings(other.access, gateway)).status).toBe(200);
});

test('a refresh token that is used twice ends the access tokens of its login, and of no other', async () => {
  const { access, refresh } = await goodToken('joe');
  const other = await logIn('joe');
  const renewed = (await post('/api/auth/refresh/', { refresh })).body;
  expect((await post('/api/auth/refresh/', { refresh })).status).toBe(401);
  await expectRevoked(access);
  await expectRevoked(renewed.access);
  for (const gateway of [first, second]) expect((await myBookings(other.access, gateway)).status).toBe(200);
  // A gateway that starts later knows it too.
  expectProblem(await myBookings(renewed.access, await boxoffice.addGateway()), 'unauthenticated');
});

test('a changed password ends the access tokens of every login on every gateway', async () => {
  const { access } = await goodToken('kim');
  const headers = { authorization: `Bearer ${access}` };
  const body = { current: password, new: 'battery staple' };
  const changed = await boxoffice.call<Body>('/api/auth/password/', { method: 'POST', headers, body });
  expect(changed.status).toBe(200);
  await expectRevoked(access);
  for (const gateway of [first, second]) {
    await eventually(async () => (await myBookings(changed.body.access, gateway)).status === 200);
  }
});

test('a gateway that received no message reads the revocation within seconds, or when it starts', async () => {
  const { id, access } = await goodToken('eve');
  await boxoffice.rows('insert into identity.access_revocations (user_id, generation) values (?, 1)', [id]);
  const third = await boxoffice.addGateway();
  expectProblem(await myBookings(access, third), 'unauthenticated');
  for (const gateway of [first, second]) {
    await eventually(async () => (await myBookings(access, gateway)).status === 401, { timeoutMs: 8_000 });
  }
});

test('a message alone revokes nothing: another installation may use the same Redis', async () => {
  const { id, access } = await goodToken('gus');
  const redis = new Redis(boxoffice.redisUrl);
  const message = JSON.stringify({ userId: id, generation: 9 });
  expect(await redis.publish('boxoffice:access-revocations', message)).toBeGreaterThanOrEqual(2);
  redis.disconnect();
  // Messages arrive in order: once the next one has taken effect, this one has been received.
  const next = await goodToken('hal');
  await change(next.id, { is_active: false });
  await expectRevoked(next.access);
  for (const gateway of [first, second]) expect((await myBookings(access, gateway)).status).toBe(200);
});

test('a password that the queue board has accepted loses access with the role', async () => {
  const { id } = await goodToken('flo');
  await change(id, { role: 'admin' });
  const headers = { authorization: `Basic ${Buffer.from(`flo:${password}`).toString('base64')}` };
  const board = () => boxoffice.call('/ops/queues/', { headers });
  expect((await board()).status).toBe(200);
  await change(id, { role: 'user' });
  expect((await board()).status).toBe(403);
});
