import { internalAuthorization } from '@boxoffice/shared/service/internal-secret';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { testSecret } from '@boxoffice/testing/internal-secret';
import { type SpawnedService, spawnService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, expect, test } from 'vitest';

let database: TestDatabase;
let catalog: SpawnedService;
beforeAll(async () => {
  database = await createTestDatabase();
  // The gateway's address must not be the catalog's.
  catalog = await spawnService('catalog', { DATABASE_URL: database.url, HOST: '0.0.0.0' });
});
afterAll(async () => {
  await catalog.stop();
  await database.drop();
});

const wrong = [
  ['no secret', undefined],
  ['another secret', internalAuthorization(testSecret.replace('a', 'b'))],
  ['a part of the secret', internalAuthorization(testSecret.slice(0, -1))],
  ['the secret without its scheme', testSecret],
  ['the secret in another scheme', `Basic ${testSecret}`],
] as const;

const requests = [
  ['GET', '/internal/movies'],
  ['GET', '/internal/shows/1/seats'],
  ['POST', '/internal/movies'],
  ['DELETE', '/internal/shows/1'],
  ['GET', '/nothing'],
  ['GET', '/livez/../internal/movies'],
] as const;

test.each(wrong)('%s: every request is answered 401, and changes nothing', async (_, authorization) => {
  for (const [method, path] of requests) {
    const response = await fetch(`${catalog.url}${path}`, {
      method,
      headers: {
        ...(authorization && { authorization }),
        'x-actor-id': '1',
        ...(method === 'POST' && { 'content-type': 'application/json' }),
      },
      ...(method === 'POST' && { body: JSON.stringify({ title: 'Mine', duration_minutes: 90 }) }),
    });
    expect(response.status, `${method} ${path}`).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
  }
  const headers = { authorization: internalAuthorization(testSecret) };
  expect(await (await fetch(`${catalog.url}/internal/movies`, { headers })).json()).toMatchObject({ count: 0 });
});

test.each(['/livez', '/readyz', '/metrics'])('%s needs no secret, and refuses a wrong one', async (path) => {
  expect((await fetch(`${catalog.url}${path}`)).status).toBe(200);
  const headers = { authorization: 'Bearer wrong' };
  expect((await fetch(`${catalog.url}${path}`, { headers })).status).toBe(401);
});

test('listens on loopback, whatever HOST says', () => {
  const addresses = catalog.logs.filter((line) => line.includes('listening on'));
  expect(addresses).toHaveLength(1);
  expect(addresses[0]).toContain('listening on 127.0.0.1, reachable at http://127.0.0.1:');
});

test('production refuses to start without a secret, and names the variable', async () => {
  const env = {
    NODE_ENV: 'production',
    INTERNAL_SECRET: '',
    CATALOG_DATABASE_URL: 'postgres://boxoffice_catalog:f3a9c2b07d15e8@127.0.0.1:1/none',
    DATABASE_URL: '',
  };
  const service = await spawnService('catalog', env, { waitReady: false });
  expect(await service.exited).toEqual({ code: 78, signal: null });
  await service.waitForLog(/INTERNAL_SECRET is not set, and none is generated in production/);
});

test('production refuses to log in with anything but its own login', async () => {
  const secret = { NODE_ENV: 'production', INTERNAL_SECRET: '0123456789abcdef'.repeat(2) };
  const admin = 'postgres://boxoffice:f3a9c2b07d15e8@127.0.0.1:1/none';
  for (const [env, message] of [
    [{ DATABASE_URL: admin }, /CATALOG_DATABASE_URL is not set/],
    [{ CATALOG_DATABASE_URL: admin }, /CATALOG_DATABASE_URL must name the user boxoffice_catalog/],
  ] as const) {
    const service = await spawnService('catalog', { ...secret, DATABASE_URL: '', ...env }, { waitReady: false });
    expect(await service.exited).toEqual({ code: 78, signal: null });
    await service.waitForLog(message);
  }
});
