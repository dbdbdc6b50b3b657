/** Dedicated servers for a fault test to stop, kill, freeze and restart. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type PostgresOptions, startPostgres } from '@boxoffice/local-servers/postgres';
import { type RedisOptions, startRedis } from '@boxoffice/local-servers/redis';
import type { Server } from '@boxoffice/local-servers/server';
import { migrate } from '@boxoffice/shared/database/migrate';
import { inject } from 'vitest';
import { makeServerFolder } from './server-folders.ts';

export interface OwnServer extends Server {
  /** Stops the server and removes its data. */
  drop(): Promise<void>;
}

/**
 * Starts a dedicated PostgreSQL; `url` names a migrated, empty database. fsync is on, as in production: a crash
 * must lose nothing.
 */
export async function ownPostgres(options: Partial<PostgresOptions> = {}): Promise<OwnServer & { dataDir: string }> {
  const dataDir = makeServerFolder(inject('dataDir'), 'postgres');
  const server = await startPostgres({ dataDir, ...options });
  await migrate(server.url);
  return owned(server, dataDir);
}

/**
 * Starts a streaming replica of a PostgreSQL server, which is restarted for this and must have no sessions. The replica begins
 * as a cold copy of the data, because the npm package has no pg_basebackup. Its name for `synchronous_standby_names` is
 * `replica`.
 */
export async function replicaOf(primary: OwnServer & { dataDir: string }): Promise<OwnServer> {
  const dataDir = makeServerFolder(inject('dataDir'), 'postgres-replica');
  await primary.stop();
  execFileSync('cp', ['-a', ...['cluster', 'password'].map((name) => join(primary.dataDir, name)), dataDir]);
  writeFileSync(join(dataDir, 'cluster/standby.signal'), '');
  await primary.restart();
  const { username: user, password, port } = new URL(primary.url);
  const primary_conninfo = `host=127.0.0.1 port=${port} user=${user} password=${password} application_name=replica`;
  return owned(await startPostgres({ dataDir, settings: { primary_conninfo } }), dataDir);
}

/** Starts a dedicated Redis with `appendfsync always`, as in production. */
export async function ownRedis(options: Partial<RedisOptions> = {}): Promise<OwnServer> {
  const home = inject('dataDir');
  const dataDir = makeServerFolder(home, 'redis');
  return owned(await startRedis({ dataDir, binDir: join(home, 'bin'), ...options }), dataDir);
}

function owned(server: Server, dataDir: string): OwnServer & { dataDir: string } {
  const drop = async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  // Not a spread: `pid` changes with every restart.
  return Object.assign(Object.create(server) as Server, { drop, dataDir });
}
