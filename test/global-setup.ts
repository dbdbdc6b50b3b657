/**
 * Real servers for the whole test run: those in the environment, otherwise containers, otherwise the
 * servers that `pnpm start` uses.
 */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startPostgres } from '@boxoffice/local-servers/postgres';
import { startRedis } from '@boxoffice/local-servers/redis';
import type { Server } from '@boxoffice/local-servers/server';
import { migrate } from '@boxoffice/shared/database/migrate';
import { loadConfig } from '@boxoffice/shared/service/config';
import { findBrowser } from '@boxoffice/testing/browser-path';
import { containerPostgres, containerRedis, type GivenServer, sweepContainers } from '@boxoffice/testing/containers';
import { dropDatabase, execute, urlOfDatabase } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import { hasLeft, ownerName } from '@boxoffice/testing/owner';
import { sweepTestRedis } from '@boxoffice/testing/redis';
import { makeServerFolder, sweepServerFolders } from '@boxoffice/testing/server-folders';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Absolute path of the folder for data and downloaded programs. */
    dataDir: string;
    /** `serverUrl` may create databases; `template` is a migrated database to copy. */
    postgres: { serverUrl: string; template: string };
    /** This run claims logical databases under the name `owner`. */
    redis: { url: string; owner: string };
  }
}

type Source = 'the environment' | 'Testcontainers' | 'embedded';
type Found = GivenServer & { source: Source };

/** Called by Vitest before all tests; it calls the returned function after them. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const config = loadConfig();
  const dataDir = resolve(config.DATA_DIR);
  const owner = ownerName(process.pid);
  await Promise.all([sweepServerFolders(dataDir), sweepContainers()]);

  const [postgres, redis] = await Promise.all([
    findPostgres(config.DATABASE_URL, dataDir),
    findRedis(config.REDIS_URL, dataDir),
  ]);
  console.log(`Running tests on PostgreSQL (${postgres.source}) and Redis (${redis.source}).`);
  if (!findBrowser()) console.log('Skipping test/browser: install Chromium, or set CHROMIUM_PATH.');

  const template = `boxoffice_test_${owner}`;
  await eventually(() => execute(postgres.url, 'select 1'), { timeoutMs: 30_000, intervalMs: 200 });
  await dropDatabases(postgres.url, hasLeft);
  await execute(postgres.url, `create database ${template}`);
  await migrate(urlOfDatabase(postgres.url, template));
  await sweepTestRedis(redis.url, owner);

  project.provide('dataDir', dataDir);
  project.provide('postgres', { serverUrl: postgres.url, template });
  project.provide('redis', { url: redis.url, owner });

  return async () => {
    await dropDatabases(postgres.url, (name) => name === owner);
    await sweepTestRedis(redis.url, owner);
    await Promise.all([postgres.stop(), redis.stop()]);
    await sweepServerFolders(dataDir);
  };
}

async function findPostgres(url: string | undefined, dataDir: string): Promise<Found> {
  if (url) return { url, source: 'the environment', stop: async () => {} };
  const container = await containerPostgres();
  if (container) return { ...container, source: 'Testcontainers' };
  const folder = makeServerFolder(dataDir, 'postgres');
  const server = await startPostgres({ dataDir: folder, fsync: false });
  return embedded(server, folder);
}

async function findRedis(url: string | undefined, dataDir: string): Promise<Found> {
  if (url) return { url, source: 'the environment', stop: async () => {} };
  const container = await containerRedis();
  if (container) return { ...container, source: 'Testcontainers' };
  const folder = makeServerFolder(dataDir, 'redis');
  const server = await startRedis({ dataDir: folder, binDir: join(dataDir, 'bin'), fsync: false, log: console.log });
  return embedded(server, folder);
}

function embedded(server: Server, folder: string): Found {
  // On Ctrl-C Vitest exits without teardown.
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: server.url, source: 'embedded', stop };
}

/** Drops the test databases of the runs whose owner matches. */
async function dropDatabases(url: string, matches: (owner: string) => boolean): Promise<void> {
  const rows = await execute<{ name: string }>(
    url,
    "select datname as name from pg_database where datname like 'boxoffice\\_test\\_%'",
  );
  for (const { name } of rows) {
    const owner = name.split('_').slice(2, 4).join('_');
    if (matches(owner)) await dropDatabase(url, name);
  }
}
