import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@boxoffice/shared/service/config';
import { generatedUrls } from '@boxoffice/shared/service/database-url';
import { expect, onTestFinished, test } from 'vitest';
import { createOutput } from './output.ts';
import { serviceRecipes } from './recipes.ts';

test('each service gets its own login and secrets, and none that of the administrator or of another service', () => {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'boxoffice-recipes-'));
  onTestFinished(() => rmSync(DATA_DIR, { recursive: true }));
  const databaseUrl = 'postgres://boxoffice:f3a9c2@127.0.0.1:5432/boxoffice';
  const secrets = { INTERNAL_SECRET: '0123456789abcdef'.repeat(2), JWT_PRIVATE_KEY: 'a key' };
  const config = loadConfig({ DATA_DIR, DATABASE_URL: databaseUrl, WORKERS: '2', HOST: '0.0.0.0', ...secrets });
  const serviceUrls = generatedUrls(databaseUrl, config);
  const recipes = serviceRecipes(config, {
    ports: { gateway: 1, gateways: [{ http: 1, metrics: 2 }], catalog: 3, workers: [4, 5] },
    note: { pid: 1, gatewayUrl: '', databaseUrl, redisUrl: 'redis://a', serviceUrls, services: [] },
    output: createOutput(false),
    compileCache: DATA_DIR,
  });
  const logins = recipes.map(({ kind, env }) => [
    kind,
    Object.entries(env).filter(([name]) => name.endsWith('DATABASE_URL')),
  ]);
  const only = (own: string, url: string) =>
    ['DATABASE_URL', 'GATEWAY_DATABASE_URL', 'CATALOG_DATABASE_URL', 'WORKER_DATABASE_URL'].map((name) => [
      name,
      name === own ? url : '',
    ]);
  expect(logins).toEqual([
    ['catalog', only('CATALOG_DATABASE_URL', serviceUrls.boxoffice_catalog)],
    ['booking-worker', only('WORKER_DATABASE_URL', serviceUrls.boxoffice_worker)],
    ['booking-worker', only('WORKER_DATABASE_URL', serviceUrls.boxoffice_worker)],
    ['gateway', only('GATEWAY_DATABASE_URL', serviceUrls.boxoffice_gateway)],
  ]);
  const others = recipes.map(({ env }) => [env.REDIS_URL, env.INTERNAL_SECRET, env.JWT_PRIVATE_KEY]);
  const { INTERNAL_SECRET, JWT_PRIVATE_KEY } = secrets;
  expect(others).toEqual([
    ['', INTERNAL_SECRET, ''],
    ['redis://a', '', ''],
    ['redis://a', '', ''],
    ['redis://a', INTERNAL_SECRET, JWT_PRIVATE_KEY],
  ]);
});
