/** A production gateway does not start with what belongs to development, and says why. */
import { generateKeyPairSync } from 'node:crypto';
import { migrate } from '@boxoffice/shared/database/migrate';
import { generatedUrls } from '@boxoffice/shared/service/database-url';
import { execute } from '@boxoffice/testing/database';
import { type OwnServer, ownPostgres } from '@boxoffice/testing/own-servers';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { type SpawnedService, spawnService } from '@boxoffice/testing/service';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seed } from '../../scripts/seed.ts';

let database: OwnServer;
let redis: TestRedis;
let env: Record<string, string>;
beforeAll(async () => {
  // Of its own: the passwords of the services' roles belong to the whole server.
  [database, redis] = await Promise.all([ownPostgres(), createTestRedis()]);
  const logins = generatedUrls(database.url, { NODE_ENV: 'production' });
  await migrate(database.url, logins);
  const { privateKey } = generateKeyPairSync('ed25519');
  env = {
    NODE_ENV: 'production',
    GATEWAY_DATABASE_URL: logins.boxoffice_gateway,
    REDIS_URL: redis.url,
    PUBLIC_URL: 'https://tickets.example',
    JWT_PRIVATE_KEY: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  };
  await seed(database.url, { environment: 'development' });
});
afterAll(() => Promise.all([database.drop(), redis.drop()]));

const start = (more: Record<string, string> = {}): Promise<SpawnedService> =>
  spawnService('gateway', { ...env, ...more }, { waitReady: false });

test.each([
  ['a URL', { PUBLIC_URL: '' }, /PUBLIC_URL is not set.*PUBLIC_URL=https:/],
  ['a signing key', { JWT_PRIVATE_KEY: '' }, /JWT_PRIVATE_KEY is not set/],
  ['payments that take money', { PAYMENT_PROVIDER: 'test' }, /PAYMENT_PROVIDER=test takes no money/],
  [
    'a live key of Stripe, unless a test key is allowed by name',
    { PAYMENT_PROVIDER: 'stripe', STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' },
    /STRIPE_SECRET_KEY is a test key.*STRIPE_ALLOW_TEST_KEYS=true allows it/,
  ],
  ['named proxies', { TRUST_PROXY: 'true' }, /TRUST_PROXY: true would let every client/],
])('without %s', async (_, more, message) => {
  const gateway = await start(more);
  expect(await gateway.exited).toEqual({ code: 78, signal: null });
  await gateway.waitForLog(message);
});

test('with users whose passwords everyone can read, until they are gone', async () => {
  const message = /passwords are in the README: demo, admin\./;
  const lock = new pg.Client({ connectionString: database.url });
  await lock.connect();
  await lock.query('begin; lock table identity.users');
  lock.on('error', () => undefined);
  const refused = await start();
  const isAlive = async () => (await fetch(`${refused.url}/livez`).catch(() => null))?.status;
  await expect.poll(isAlive).toBe(200);
  // The check waits for the table; meanwhile nobody is served, and nobody can log in with such a password.
  const status = async (path: string, init: RequestInit = {}) => (await fetch(`${refused.url}${path}`, init)).status;
  const paths = ['/', '/boxoffice/', '/api/movies/', '/schema/', '/swagger/', '/ops/queues/', '/readyz', '/nowhere'];
  for (const path of paths) expect([path, await status(path)]).toEqual([path, 503]);
  const body = JSON.stringify({ username: 'admin', password: 'adminpass' });
  const login = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  expect(await status('/api/auth/login/', login)).toBe(503);
  await lock.end();
  expect(await refused.exited).toEqual({ code: 78, signal: null });
  await refused.waitForLog(message);

  await execute(database.url, "update identity.users set is_active = false where username in ('demo', 'admin')");
  const gateway = await start();
  await gateway.waitForLog(new RegExp(`reachable at ${gateway.url}`), 30_000);
  const users = async () => {
    const { checks } = (await (await fetch(`${gateway.url}/readyz`)).json()) as { checks: { users?: string } };
    return checks.users;
  };
  await expect.poll(users).toBe('ok');
  await gateway.stop();
});
