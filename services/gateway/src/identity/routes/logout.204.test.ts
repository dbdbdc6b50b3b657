import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let identity: StartedIdentity;
beforeAll(async () => {
  identity = await startIdentity();
  await identity.signUp('alice');
});
afterAll(() => identity.stop());

test('ends the login and revokes its tokens; idempotent', async () => {
  const first = (await identity.logIn('alice')).refresh;
  const other = (await identity.logIn('alice')).refresh;
  const second = (await identity.post('/api/auth/refresh/', { refresh: first })).body.refresh;
  expect(await identity.post('/api/auth/logout/', { refresh: first })).toMatchObject({ status: 204, body: null });
  expect((await identity.post('/api/auth/logout/', { refresh: first })).status).toBe(204);
  expect((await identity.post('/api/auth/refresh/', { refresh: second })).status).toBe(401);
  expect((await identity.post('/api/auth/refresh/', { refresh: other })).status).toBe(200);
});

test('an unknown token is not an error', async () => {
  expect((await identity.post('/api/auth/logout/', { refresh: 'never' })).status).toBe(204);
});
