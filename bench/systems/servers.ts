import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { startPostgres } from '@boxoffice/local-servers/postgres';
import { startRedis } from '@boxoffice/local-servers/redis';
import type { Server } from '@boxoffice/local-servers/server';
import pg from 'pg';
import type { Cleanup } from './cleanup.ts';

/** Shared by all systems: one PostgreSQL and one Redis, as `pnpm start` runs them, and one signing key. */
export interface Servers {
  postgres: Server;
  redis: Server;
  /** Signs the tokens that all systems accept. */
  privateKey: KeyObject;
  /** The same key, PKCS #8 PEM. */
  privateKeyPem: string;
  /** The folder of this run, for data and logs; deleted at the end. */
  folder: string;
}

/**
 * Starts the servers with fsync on.
 *
 * @param options.binDir where a downloaded Redis is kept
 */
export async function startServers(options: {
  folder: string;
  binDir: string;
  cleanup: Cleanup;
  signal: AbortSignal;
}): Promise<Servers> {
  const { folder, binDir, cleanup, signal } = options;
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
  stopAtCleanup(postgres, cleanup);
  const redis = await startRedis({ dataDir: join(folder, 'redis'), binDir, signal });
  stopAtCleanup(redis, cleanup);
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    postgres,
    redis,
    privateKey,
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    folder,
  };
}

function stopAtCleanup(server: Server, cleanup: Cleanup): void {
  // In an exit handler nothing can be awaited.
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  cleanup.add(async () => {
    process.off('exit', kill);
    await server.stop();
  });
}

/** Opens a database as superuser: a new one of this name, or the server's default if null. */
export async function openPool(servers: Servers, name: string | null, cleanup: Cleanup): Promise<pg.Pool> {
  const url = new URL(servers.postgres.url);
  if (name) {
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(`create database ${name} strategy file_copy`);
    await client.end();
    url.pathname = `/${name}`;
  }
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  // The server closes idle connections when it stops.
  pool.on('error', () => {});
  cleanup.add(() => pool.end());
  return pool;
}

/** The URL a pool connects to. */
export const urlOf = (pool: pg.Pool): string => pool.options.connectionString ?? '';
