import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let identity: StartedIdentity;
beforeAll(async () => {
  identity = await startIdentity();
  await identity.signUp('alice');
});
afterAll(() => identity.stop());

test('returns the next pair, repeatedly', async () => {
  let { refresh } = await identity.logIn('alice');
  const seen = new Set([refresh]);
  for (let i = 0; i < 3; i++) {
    const response = await identity.post('/api/auth/refresh/', { refresh });
    expect(response.status).toBe(200);
    expect(response.headers['cache-control']).toBe('no-store');
    expect((await identity.call('GET', '/api/auth/me/', { token: response.body.access })).status).toBe(200);
    refresh = response.body.refresh;
    seen.add(refresh);
  }
  expect(seen.size).toBe(4);
});

test('the next access token contains what an administrator has changed', async () => {
  const id = await identity.signUp('bob');
  const { refresh } = await identity.logIn('bob');
  await identity.owner.em.fork().execute("update identity.users set role = 'admin' where id = ?", [id]);
  const { body } = await identity.post('/api/auth/refresh/', { refresh });
  expect((await identity.call('GET', '/api/admin/users/', { token: body.access })).status).toBe(200);
});
