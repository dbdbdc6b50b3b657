import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let identity: StartedIdentity;
let id: number;
beforeAll(async () => {
  identity = await startIdentity();
  id = await identity.signUp('alice');
});
afterAll(() => identity.stop());

const part = (token: string, index: number) =>
  JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString());

test('returns a signed access token for 15 minutes and a refresh token', async () => {
  const response = await identity.post('/api/auth/login/', { username: 'alice', password });
  expect(response.status).toBe(200);
  expect(response.headers['cache-control']).toBe('no-store');
  const { access, refresh } = response.body;
  expect(part(access, 0)).toEqual({ alg: 'EdDSA', typ: 'JWT', kid: identity.keys.kid });
  const claims = part(access, 1);
  expect(claims).toMatchObject({
    sub: String(id),
    username: 'alice',
    role: 'user',
    iss: 'boxoffice',
    aud: 'boxoffice',
  });
  expect(claims.exp - claims.iat).toBe(15 * 60);
  expect(refresh).toMatch(/^[\w-]{43}$/);
});

test('user names are case-insensitive', async () => {
  expect((await identity.post('/api/auth/login/', { username: 'ALICE', password })).status).toBe(200);
});

test('only the hash of a refresh token is stored', async () => {
  const { refresh } = await identity.logIn('alice');
  const rows = await identity.owner.em.fork().execute('select * from identity.refresh_tokens');
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toContain(refresh);
});

test('expired refresh tokens of all users are gradually deleted', async () => {
  const em = identity.owner.em.fork();
  for (let i = 0; i < 25; i++) {
    await em.execute(
      "insert into identity.refresh_tokens (hash, family, user_id, expires_at) values (?, ?, ?, now() - interval '1 hour')",
      [`expired ${i}`, randomUUID(), id],
    );
  }
  await identity.signUp('bob');
  for (let i = 0; i < 3; i++) await identity.logIn('bob');
  const [row] = await em.execute('select count(*)::int as count from identity.refresh_tokens where expires_at < now()');
  expect(row?.count).toBe(0);
});
