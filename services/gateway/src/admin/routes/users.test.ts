import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let identity: StartedIdentity;
let admin: { id: number; token: string };
beforeAll(async () => {
  identity = await startIdentity();
  admin = await identity.admin();
});
afterAll(() => identity.stop());

const users = '/api/admin/users/';
const ask = (method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: object) =>
  identity.call(method, `${users}${path}`, { token: admin.token, ...(body && { body }) });
const newUser = (username: string) => ({ username, email: `${username}@example.com`, password });

test('GET 200: pages, a search in names and addresses, a role', async () => {
  for (let i = 0; i < 5; i++) await identity.signUp(`pager${i}`);
  await identity.signUp('percent_sign');
  const page = await ask('GET', '?search=PAGER&page=2&page_size=2');
  expect(page.body).toMatchObject({ count: 5, results: [{ username: 'pager2' }, { username: 'pager3' }] });
  expect(page.body.next).toContain('page=3');
  expect(page.body.results[0]).toEqual({
    id: expect.any(Number),
    username: 'pager2',
    email: 'pager2@example.com',
    role: 'user',
    is_active: true,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  });
  expect((await ask('GET', '?search=pager4@EXAMPLE')).body.count).toBe(1);
  expect((await ask('GET', '?search=_')).body).toMatchObject({ count: 1, results: [{ username: 'percent_sign' }] });
  expect((await ask('GET', '?search=%25')).body.count).toBe(0);
  expect((await ask('GET', '?role=admin')).body).toMatchObject({ count: 1, results: [{ id: admin.id }] });
});

test('GET 400: a search for text that PostgreSQL cannot store', async () => {
  expect((await ask('GET', '?search=a%00b')).status).toBe(400);
});

test('POST 201: a user of either role, who can log in', async () => {
  const response = await ask('POST', '', { ...newUser('boss'), role: 'admin' });
  expect(response).toMatchObject({ status: 201, body: { username: 'boss', role: 'admin', is_active: true } });
  expect(response.headers.location).toBe(`${users}${response.body.id}/`);
  expect((await ask('GET', `${response.body.id}/`)).body).toEqual(response.body);
  await identity.logIn('boss');
});

test('POST, PATCH, PUT 409: a user name or e-mail address that is taken', async () => {
  const id = await identity.signUp('taker');
  expect((await ask('POST', '', newUser('TAKER'))).body.code).toBe('username_taken');
  expect((await ask('PATCH', `${id}/`, { username: 'Root' })).body.code).toBe('username_taken');
  expect((await ask('PATCH', `${id}/`, { email: 'ROOT@example.com' })).body.code).toBe('email_taken');
  expect((await ask('PATCH', `${id}/`, { username: 'Taker' })).status).toBe(200);
});

test('PATCH 200: changes the given fields; a new password ends every login', async () => {
  const id = await identity.signUp('carol');
  const { refresh } = await identity.logIn('carol');
  const renamed = await ask('PATCH', `${id}/`, { email: 'c@example.com' });
  expect(renamed).toMatchObject({ status: 200, body: { username: 'carol', email: 'c@example.com', role: 'user' } });
  const again = await identity.post('/api/auth/refresh/', { refresh });
  expect(again.status).toBe(200);
  await ask('PATCH', `${id}/`, { password: 'another password' });
  expect((await identity.post('/api/auth/refresh/', { refresh: again.body.refresh })).status).toBe(401);
  expect((await identity.post('/api/auth/login/', { username: 'carol', password })).status).toBe(401);
  const now = await identity.post('/api/auth/login/', { username: 'carol', password: 'another password' });
  expect(now.status).toBe(200);
});

test('PATCH 200: a deactivated user stays logged out, even after reactivation', async () => {
  const id = await identity.signUp('dave');
  const { refresh } = await identity.logIn('dave');
  expect((await ask('PATCH', `${id}/`, { is_active: false })).body.is_active).toBe(false);
  expect((await ask('GET', '?is_active=false')).body).toMatchObject({ count: 1, results: [{ id }] });
  expect((await identity.post('/api/auth/login/', { username: 'dave', password })).status).toBe(401);
  await ask('PATCH', `${id}/`, { is_active: true });
  expect((await identity.post('/api/auth/refresh/', { refresh })).status).toBe(401);
  await identity.logIn('dave');
});

test('PUT 200: sets every field; 400 when one is missing', async () => {
  const id = await identity.signUp('erin');
  const whole = { username: 'erin2', email: 'erin2@example.com', role: 'admin', is_active: true };
  expect((await ask('PUT', `${id}/`, whole)).body).toMatchObject(whole);
  await identity.logIn('erin2'); // the password was kept
  const { role: _, ...part } = whole;
  expect((await ask('PUT', `${id}/`, part)).status).toBe(400);
});

test('PATCH, PUT, DELETE 400: administrators cannot lock themselves out', async () => {
  for (const body of [{ is_active: false }, { role: 'user' }]) {
    const response = await ask('PATCH', `${admin.id}/`, body);
    expect(response).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(Object.keys(response.body.errors ?? {})).toEqual(Object.keys(body));
  }
  const whole = { username: 'root', email: 'root@example.com', role: 'user', is_active: true };
  expect((await ask('PUT', `${admin.id}/`, whole)).status).toBe(400);
  expect((await ask('DELETE', `${admin.id}/`)).status).toBe(400);
  expect((await ask('PATCH', `${admin.id}/`, { email: 'me@example.com', role: 'admin', is_active: true })).status).toBe(
    200,
  );
});

test('DELETE 204: a user who has never booked, including all their logins', async () => {
  const id = await identity.signUp('frank');
  const { refresh } = await identity.logIn('frank');
  expect(await ask('DELETE', `${id}/`)).toMatchObject({ status: 204, body: null });
  expect((await ask('GET', `${id}/`)).status).toBe(404);
  expect((await identity.post('/api/auth/refresh/', { refresh })).status).toBe(401);
});

test('DELETE 409: a user with bookings, including cancelled ones', async () => {
  const id = await identity.signUp('grace');
  await identity.owner.em.fork().execute(
    `insert into booking.bookings (show_id, id, user_id, seats, status, created_at)
     values (1, gen_random_uuid(), ?, '{A1}', 'cancelled', now())`,
    [id],
  );
  const response = await ask('DELETE', `${id}/`);
  expect(response).toMatchObject({ status: 409, body: { code: 'has_bookings' } });
  expect(response.body.detail).toContain('deactivate');
});

test('404: no such user', async () => {
  for (const [method, body] of [['GET'], ['PATCH', {}], ['DELETE']] as const) {
    expect(await ask(method, '2000000000/', body)).toMatchObject({ status: 404, body: { code: 'user_not_found' } });
  }
});

test('401 and 403: nobody else has access to any operation', async () => {
  const id = await identity.signUp('heidi');
  const { access } = await identity.logIn('heidi');
  for (const [method, path] of [
    ['GET', ''],
    ['POST', ''],
    ['GET', `${id}/`],
    ['PATCH', `${id}/`],
    ['PUT', `${id}/`],
    ['DELETE', `${id}/`],
  ] as const) {
    expect((await identity.call(method, `${users}${path}`)).status).toBe(401);
    expect((await identity.call(method, `${users}${path}`, { token: access })).status).toBe(403);
  }
});
