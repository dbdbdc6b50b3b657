import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { type SpawnedService, spawnService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, expect, test } from 'vitest';

let database: TestDatabase;
let redis: TestRedis;
let gateway: SpawnedService;
beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  const env = { DATABASE_URL: database.url, REDIS_URL: redis.url, LOG_LEVEL: 'trace' };
  gateway = await spawnService('gateway', env, { waitReady: false });
  await gateway.waitForLog(new RegExp(`reachable at ${gateway.url}`), 30_000);
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([database.drop(), redis.drop()]);
});

test('no password or token reaches the log, whatever goes wrong', async () => {
  const post = async (path: string, body: object | string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return (await response.json().catch(() => ({}))) as { access: string; refresh: string };
  };
  const password = 'correct-horse-battery';
  const account = { username: 'alice', email: 'alice@example.com', password };
  await post('/api/auth/signup/', account);
  await post('/api/auth/signup/', account);
  await post('/api/auth/signup/', { ...account, username: 'a b' });
  await post('/api/auth/login/', `{"username": "alice", "password": "${password}"`);
  await post('/api/auth/login/', { username: 'alice', password: `${password}-wrong` });
  const first = await post('/api/auth/login/', { username: 'alice', password });
  const second = await post('/api/auth/refresh/', { refresh: first.refresh });
  await post('/api/auth/refresh/', { refresh: first.refresh });
  await post('/api/auth/logout/', { refresh: second.refresh });
  for (const token of [first.access, `${first.access}x`]) {
    await fetch(`${gateway.url}/api/auth/me/`, { headers: { authorization: `Bearer ${token}` } });
  }
  await fetch(`${gateway.url}/ops/queues/`, { headers: { authorization: `Basic ${btoa(`alice:${password}`)}` } });
  // The database fails in the middle of a statement that holds a hash: its error is logged.
  await database.drop();
  await post('/api/auth/signup/', { ...account, username: 'bob', email: 'bob@example.com' });
  await post('/api/auth/refresh/', { refresh: second.refresh });
  await gateway.waitForLog(/"route":"\/api\/auth\/refresh\/".*"status":5/);

  const log = gateway.logs.join('\n');
  expect(log).toContain('/api/auth/login/');
  for (const secret of [
    password,
    first.access,
    first.refresh,
    second.refresh,
    btoa(`alice:${password}`),
    '$argon2id$',
  ]) {
    expect(secret).toBeTruthy();
    expect(log).not.toContain(secret);
  }
});
