import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let identity: StartedIdentity;
beforeAll(async () => {
  identity = await startIdentity();
  await identity.post('/api/auth/signup/', { username: 'Alice', email: 'Alice@Example.com', password });
});
afterAll(() => identity.stop());

const signUp = (username: string, email: string) => identity.post('/api/auth/signup/', { username, email, password });

test('user names are compared case-insensitively', async () => {
  expect(await signUp('aLICE', 'other@example.com')).toMatchObject({ status: 409, body: { code: 'username_taken' } });
});

test('user names are compared after Unicode normalization', async () => {
  expect(await signUp('ａｌｉｃｅ', 'other@example.com')).toMatchObject({
    status: 409,
    body: { code: 'username_taken' },
  });
});

test('e-mail addresses are compared case-insensitively', async () => {
  expect(await signUp('other', 'alice@EXAMPLE.com')).toMatchObject({ status: 409, body: { code: 'email_taken' } });
});

// On a busy machine, some may get a 429 because their turn to hash did not come in time.
test('of twenty concurrent sign-ups with one name, one succeeds', { retry: 2 }, async ({ task }) => {
  const name = `dora${task.result?.retryCount ?? 0}`;
  const responses = await Promise.all(
    Array.from({ length: 20 }, (_, i) => signUp(i % 2 ? name : name.toUpperCase(), `${name}-${i}@example.com`)),
  );
  expect(responses.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(responses.filter(({ body }) => body.code === 'username_taken')).toHaveLength(19);
});
