import { eventually } from '@boxoffice/testing/eventually';
import { type OwnServer, ownPostgres, ownRedis } from '@boxoffice/testing/own-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let postgres: OwnServer;
let redis: OwnServer;
let identity: StartedIdentity;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([ownPostgres(), ownRedis()]);
  identity = await startIdentity({
    env: { LOGIN_FAILURE_LIMIT_PER_MINUTE: '3', SIGNUP_LIMIT_PER_MINUTE: '50' },
    databaseUrl: postgres.url,
    redisUrl: redis.url,
  });
  for (const name of ['alice', 'bob']) await identity.signUp(name);
});
afterAll(async () => {
  await identity.stop();
  await Promise.all([postgres.drop(), redis.drop()]);
});

/** Runs `work` and returns its result and duration in milliseconds. */
async function timed<Answer>(work: () => Promise<Answer>): Promise<[Answer, number]> {
  const begin = performance.now();
  return [await work(), performance.now() - begin];
}
const logIn = (username: string, guess = password) => identity.post('/api/auth/login/', { username, password: guess });
const refresh = (token: string) => identity.post('/api/auth/refresh/', { refresh: token });

test('Redis is down: everything works, and failures are counted in memory', async () => {
  await redis.stop();
  const [response, ms] = await timed(() => logIn('alice'));
  expect(response.status).toBe(200);
  expect(ms).toBeLessThan(1_000);
  await identity.signUp('carol');
  for (let i = 0; i < 3; i++) expect((await logIn('alice', 'wrong')).status).toBe(401);
  expect((await logIn('alice')).status).toBe(429);
  await redis.restart();
  await eventually(() => identity.redis.status === 'ready');
});

test('Redis hangs: logging in is slow, but works', async () => {
  redis.kill('SIGSTOP');
  const [response, ms] = await timed(() => logIn('bob'));
  redis.kill('SIGCONT');
  expect(response.status).toBe(200);
  expect(ms).toBeLessThan(1_500);
});

test.each(['SIGSTOP', 'SIGKILL'] as const)(
  'PostgreSQL gets a %s: 503 within 1.5 s, then a full recovery',
  async (signal) => {
    const session = await identity.logIn('bob');
    postgres.kill(signal);
    const unavailable = { status: 503, body: { code: 'database_unavailable' } };
    const asks = {
      login: () => logIn('bob'),
      signup: () => identity.post('/api/auth/signup/', { username: 'dora', email: 'dora@example.com', password }),
      refresh: () => refresh(session.refresh),
      logout: () => identity.post('/api/auth/logout/', { refresh: session.refresh }),
      me: () => identity.call('GET', '/api/auth/me/', { token: session.access }),
    };
    for (const [name, ask] of Object.entries(asks)) {
      const [response, ms] = await timed(ask);
      expect(response, name).toMatchObject(unavailable);
      expect(response.headers['retry-after'], name).toBeDefined();
      expect(ms, name).toBeLessThan(1_500);
    }
    if (signal === 'SIGSTOP') postgres.kill('SIGCONT');
    else await postgres.restart();
    await eventually(async () => (await logIn('bob')).status === 200);
    await eventually(async () => (await refresh(session.refresh)).status !== 503);
  },
);
