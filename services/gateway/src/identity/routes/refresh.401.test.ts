import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let identity: StartedIdentity;
beforeAll(async () => {
  identity = await startIdentity();
  await identity.signUp('alice');
});
afterAll(() => identity.stop());

const refresh = (token: string) => identity.post('/api/auth/refresh/', { refresh: token });
const refused = { status: 401, body: { code: 'invalid_refresh_token' } };

test('a token that is used twice revokes its whole family and no other', async () => {
  const stolen = (await identity.logIn('alice')).refresh;
  const otherLogin = (await identity.logIn('alice')).refresh;
  const second = (await refresh(stolen)).body.refresh;
  const third = (await refresh(second)).body.refresh;
  expect(await refresh(stolen)).toMatchObject(refused);
  expect(await refresh(third)).toMatchObject(refused);
  expect((await refresh(otherLogin)).status).toBe(200);
});

// On a busy machine, one of them may get a 503 because the database did not respond in time.
test('of twenty concurrent uses of one token exactly one succeeds, and the family is revoked', {
  retry: 2,
}, async () => {
  const { refresh: token } = await identity.logIn('alice');
  const responses = await Promise.all(Array.from({ length: 20 }, () => refresh(token)));
  const winners = responses.filter(({ status }) => status === 200);
  expect(winners).toHaveLength(1);
  expect(responses.filter(({ body }) => body.code === 'invalid_refresh_token')).toHaveLength(19);
  expect(await refresh(winners[0]?.body.refresh ?? '')).toMatchObject(refused);
});

test('a revocation includes tokens that are just being issued', async () => {
  for (let i = 0; i < 10; i++) {
    const first = (await identity.logIn('alice')).refresh;
    const second = (await refresh(first)).body.refresh;
    const [, honest] = await Promise.all([refresh(first), refresh(second)]);
    if (honest.status === 200) expect(await refresh(honest.body.refresh)).toMatchObject(refused);
  }
});

test('an expired token', async () => {
  const { refresh: token } = await identity.logIn('alice');
  await identity.owner.em
    .fork()
    .execute("update identity.refresh_tokens set expires_at = now() - interval '1 s' where used_at is null");
  expect(await refresh(token)).toMatchObject(refused);
});

test('an unknown token', async () => {
  expect(await refresh('x'.repeat(43))).toMatchObject(refused);
});

test('the token of a deactivated user', async () => {
  const id = await identity.signUp('bob');
  const { refresh: token } = await identity.logIn('bob');
  await identity.owner.em.fork().execute('update identity.users set is_active = false where id = ?', [id]);
  expect(await refresh(token)).toMatchObject(refused);
});
