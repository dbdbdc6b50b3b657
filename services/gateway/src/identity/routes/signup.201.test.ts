import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let identity: StartedIdentity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.stop());

test('returns the new user without the password', async () => {
  const response = await identity.post('/api/auth/signup/', {
    username: ' alice ',
    email: 'alice@example.com',
    password,
  });
  expect(response.status).toBe(201);
  expect(response.body).toEqual({
    id: expect.any(Number),
    username: 'alice',
    email: 'alice@example.com',
    role: 'user',
  });
});

test('nobody can sign up as an administrator', async () => {
  const wanted = { username: 'mallory', email: 'mallory@example.com', password, role: 'admin', is_active: false };
  const response = await identity.post('/api/auth/signup/', wanted);
  expect(response.body.role).toBe('user');
});

test('the password is stored as an argon2id hash with the parameters of OWASP and its own salt', async () => {
  await identity.signUp('bob');
  await identity.signUp('bobby');
  const rows = await identity.owner.em
    .fork()
    .execute("select password_hash from identity.users where username like 'bob%'");
  const hashes = rows.map((row) => String(row.password_hash));
  expect(new Set(hashes).size).toBe(2);
  for (const hash of hashes) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test('an invalid body is a 400 that names each field', async () => {
  const response = await identity.post('/api/auth/signup', { username: 'a b', email: 'nobody', password: '1234567' });
  expect(response.status).toBe(400);
  expect(response.body.code).toBe('validation_failed');
  expect(Object.keys(response.body.errors ?? {})).toEqual(['username', 'email', 'password']);
  expect(JSON.stringify(response.body)).not.toContain('1234567');
});
