/** However administrators take each other's role away, one remains. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let identity: StartedIdentity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.stop());

let names = 0;
let admins: { id: number; token: string }[];

/** Makes new users the only administrators. Their tokens are signed here, because a login costs a hash. */
async function makeAdministrators(count: number) {
  const em = identity.owner.em.fork();
  await em.execute("update identity.users set role = 'user'");
  admins = await Promise.all(
    Array.from({ length: count }, async () => {
      const name = `admin${names++}`;
      const [row] = await em.execute<[{ id: number }]>(
        `insert into identity.users (username, email, password_hash, role) values (?, ?, 'none', 'admin') returning id`,
        [name, `${name}@example.com`],
      );
      return { id: row.id, token: identity.token(row.id, 'admin') };
    }),
  );
}

async function activeAdministrators(): Promise<number> {
  const [row] = await identity.owner.em
    .fork()
    .execute<[{ count: number }]>(
      "select count(*)::int as count from identity.users where role = 'admin' and is_active",
    );
  return row.count;
}

const remove = {
  'demote, PATCH': (id: number, token: string) =>
    identity.call('PATCH', `/api/admin/users/${id}/`, { token, body: { role: 'user' } }),
  'demote, PUT': (id: number, token: string) => {
    const whole = { username: `other${id}`, email: `other${id}@example.com`, role: 'user', is_active: true };
    return identity.call('PUT', `/api/admin/users/${id}/`, { token, body: whole });
  },
  deactivate: (id: number, token: string) =>
    identity.call('PATCH', `/api/admin/users/${id}/`, { token, body: { is_active: false } }),
  delete: (id: number, token: string) => identity.call('DELETE', `/api/admin/users/${id}/`, { token }),
};

describe.each(Object.entries(remove))('%s', (_, take) => {
  // On a busy machine, the database may not respond in time.
  test('two administrators at once, twelve times: one remains', { retry: 2 }, async () => {
    for (let round = 0; round < 12; round++) {
      await makeAdministrators(2);
      const [one, other] = admins as [{ id: number; token: string }, { id: number; token: string }];
      const responses = await Promise.all([take(one.id, other.token), take(other.id, one.token)]);
      expect(await activeAdministrators()).toBe(1);
      const refused = responses.filter(({ status }) => status >= 400);
      expect(refused).toHaveLength(1);
      // Whoever lost the role first may be refused for that reason.
      expect(['last_administrator', 'unauthenticated']).toContain(refused[0]?.body.code);
    }
  });
});

test('six administrators take each other away in every way at once: one remains', async () => {
  await makeAdministrators(6);
  const ways = Object.values(remove);
  await Promise.all(
    admins.flatMap(({ token }, i) =>
      admins.filter((_, j) => j !== i).map(({ id }, j) => ways[(i + j) % ways.length]?.(id, token)),
    ),
  );
  expect(await activeAdministrators()).toBeGreaterThanOrEqual(1);
});

test('an inactive administrator does not count', async () => {
  await makeAdministrators(2);
  const [one, other] = admins as [{ id: number; token: string }, { id: number; token: string }];
  await identity.owner.em.fork().execute('update identity.users set is_active = false where id = ?', [other.id]);
  // The token of a user whom the database, and not the gateway, has deactivated is still accepted.
  const response = await identity.call('PATCH', `/api/admin/users/${one.id}/`, {
    token: other.token,
    body: { role: 'user' },
  });
  expect(response).toMatchObject({ status: 409, body: { code: 'last_administrator' } });
  expect(await activeAdministrators()).toBe(1);
});
