import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let identity: StartedIdentity;
let id: number;
let token: string;
beforeAll(async () => {
  identity = await startIdentity();
  id = await identity.signUp('alice');
  token = (await identity.logIn('alice')).access;
});
afterAll(() => identity.stop());

test('200: the user whose token was sent', async () => {
  const response = await identity.call('GET', '/api/auth/me/', { token });
  expect(response.status).toBe(200);
  expect(response.body).toEqual({ id, username: 'alice', email: 'alice@example.com', role: 'user' });
});

test('401: the account is no longer active, though the token is valid', async () => {
  await identity.owner.em.fork().execute('update identity.users set is_active = false where id = ?', [id]);
  expect(await identity.call('GET', '/api/auth/me/', { token })).toMatchObject({
    status: 401,
    body: { code: 'unauthenticated' },
  });
});
