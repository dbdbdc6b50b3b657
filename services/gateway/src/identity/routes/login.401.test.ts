import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let identity: StartedIdentity;
beforeAll(async () => {
  identity = await startIdentity({ env: { LOGIN_FAILURE_LIMIT_PER_MINUTE: '1000' } });
  await identity.signUp('alice');
});
afterAll(() => identity.stop());

const logIn = (username: string, password: string) => identity.post('/api/auth/login/', { username, password });

test('the response is the same for an unknown user, a wrong password and a deactivated user', async () => {
  const id = await identity.signUp('gone');
  await identity.owner.em.fork().execute('update identity.users set is_active = false where id = ?', [id]);
  const responses = [
    await logIn('alice', 'wrong horse'),
    await logIn('nobody', 'wrong horse'),
    await logIn('gone', password),
  ];
  const [first] = responses.map(({ body: { instance: _, ...body } }) => body);
  expect(first).toMatchObject({ status: 401, code: 'invalid_credentials' });
  for (const { status, body } of responses) {
    const { instance: _, ...rest } = body;
    expect(status).toBe(401);
    expect(rest).toEqual(first);
  }
});

test('an unknown user takes as long as a wrong password', async () => {
  const known: number[] = [];
  const unknown: number[] = [];
  for (let i = 0; i < 15; i++) {
    for (const [username, times] of [
      ['alice', known],
      [`nobody${i}`, unknown],
    ] as const) {
      const begin = performance.now();
      await logIn(username, 'wrong horse');
      times.push(performance.now() - begin);
    }
  }
  const median = (times: number[]) => times.toSorted((a, b) => a - b)[7] ?? 0;
  const ratio = median(unknown) / median(known);
  // Without the dummy hash the ratio is about 0.1.
  expect(ratio).toBeGreaterThan(0.6);
  expect(ratio).toBeLessThan(1.7);
});

test('hostile user names are treated as unknown', async () => {
  for (const username of ["' or 1=1 --", 'alice%', '\u0000', '🎟'.repeat(50)]) {
    expect((await logIn(username, password)).status).toBe(401);
  }
});
