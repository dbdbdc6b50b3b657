import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { startPostgres } from '@boxoffice/local-servers/postgres';
import { startRedis } from '@boxoffice/local-servers/redis';
import type { Server } from '@boxoffice/local-servers/server';
import pg from 'pg';
import type { Started } from './system.ts';

/** What every system stands on: one PostgreSQL and one Redis, as `pnpm start` would run them, and one key. */
export interface Servers {
  postgres: Server;
  redis: Server;
  /** Signs the tokens that all systems believe. */
  privateKey: KeyObject;
  /** The same, PKCS #8 PEM. */
  privateKeyPem: string;
  /** The folder of this run, for data and logs; gone at the end. */
  folder: string;
}

/**
 * Starts the servers, fsync on.
 *
 * @param binDir for a Redis that has to be fetched
 */
export async function startServers({
  folder,
  binDir,
  started,
  signal,
}: {
  folder: string;
  binDir: string;
  started: Started;
  signal: AbortSignal;
}): Promise<Servers> {
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
  stopWithUs(postgres, started);
  const redis = await startRedis({ dataDir: join(folder, 'redis'), binDir, signal });
  stopWithUs(redis, started);
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    postgres,
    redis,
    privateKey,
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    folder,
  };
}

function stopWithUs(server: Server, started: Started): void {
  // Where nothing can be awaited any more.
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  started.add(async () => {
    process.off('exit', kill);
    await server.stop();
  });
}

/** Opens a database of the server, with every right; makes it first unless it is the server's own. */
export async function openPool(servers: Servers, name: string | null, started: Started): Promise<pg.Pool> {
  const url = new URL(servers.postgres.url);
  if (name) {
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(`create database ${name} strategy file_copy`);
    await client.end();
    url.pathname = `/${name}`;
  }
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  // The server ends our idle connections when it stops.
  pool.on('error', () => {});
  started.add(() => pool.end());
  return pool;
}

/** The URL that a pool connects to. */
export const urlOf = (pool: pg.Pool): string => pool.options.connectionString ?? '';
