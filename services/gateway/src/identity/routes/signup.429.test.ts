import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let identity: StartedIdentity;
beforeAll(async () => {
  identity = await startIdentity({ env: { SIGNUP_LIMIT_PER_MINUTE: '3' } });
});
afterAll(() => identity.stop());

test('one address can sign up three times a minute; another still can', async () => {
  const signUp = (i: number, ip: string) =>
    identity.post('/api/auth/signup/', { username: `user${i}`, email: `user${i}@example.com`, password }, { ip });
  for (const i of [1, 2, 3]) expect((await signUp(i, '203.0.113.7')).status).toBe(201);
  const refused = await signUp(4, '203.0.113.7');
  expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
  expect((await signUp(4, '203.0.113.8')).status).toBe(201);
});
