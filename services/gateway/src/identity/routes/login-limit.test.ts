/** A user has a bounded number of logins at a time. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let identity: StartedIdentity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.stop());

const refresh = async (token: string) => (await identity.post('/api/auth/refresh/', { refresh: token })).status;
const me = async (token: string) => (await identity.call('GET', '/api/auth/me/', { token })).status;

test('the twenty-first login ends the one unused for longest, with its access token', async () => {
  await identity.signUp('alice');
  await identity.signUp('bob');
  const other = await identity.logIn('bob');
  const first = await identity.logIn('alice');
  const second = await identity.logIn('alice');
  for (let i = 2; i < 20; i++) await identity.logIn('alice');
  expect(await me(first.access)).toBe(200);
  // Using the first login makes the second the one that has been unused for longest.
  const renewed = (await identity.post('/api/auth/refresh/', { refresh: first.refresh })).body;

  const last = await identity.logIn('alice');
  expect(await me(second.access)).toBe(401);
  expect(await refresh(second.refresh)).toBe(401);
  for (const { access, refresh: token } of [renewed, last, other]) {
    expect(await me(access)).toBe(200);
    expect(await refresh(token)).toBe(200);
  }
  const [row] = await identity.owner.em.fork().execute<[{ count: number }]>(
    `select count(distinct family)::int as count from identity.refresh_tokens
     join identity.users on users.id = user_id
     where username = 'alice' and used_at is null and revoked_at is null`,
  );
  expect(row.count).toBe(20);
});
