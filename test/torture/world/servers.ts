import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '@boxoffice/local-servers/postgres';
import { startRedis } from '@boxoffice/local-servers/redis';
import type { Server } from '@boxoffice/local-servers/server';
import { Redis } from 'ioredis';
import pg from 'pg';
import { onExit } from './on-exit.ts';
import { type RedisKind, startReplicatedRedis } from './replicated-redis.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

/** PostgreSQL and Redis, and a direct line to each that no fault of ours touches. */
export interface Servers {
  postgres: Server;
  redis: Server;
  /** Whether Redis runs on several servers, to which services connect without going through a wire of ours. */
  isReplicated: boolean;
  /** Null when the machine does not allow one; then `diskObstacle` says why. */
  disk: SmallDisk | null;
  diskObstacle: string | null;
  /** PostgreSQL, as a superuser of ours. */
  ownUrl: string;
  /** Runs a statement as a superuser of ours. */
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Sends a command to Redis. */
  command(name: string, ...parameters: string[]): Promise<unknown>;
  /** Ends both, and the lines to them. */
  stop(): Promise<void>;
}

/** The role of our own line: faults spare it. */
export const ownRole = 'torture';

export async function startServers(folder: string, binDir: string, redisKind: RedisKind): Promise<Servers> {
  const keep: (() => void)[] = [];
  const disk = mountSmallDisk(join(folder, 'postgres'));
  if (typeof disk !== 'string') keep.push(onExit(() => disk.unmount()));
  mkdirSync(join(folder, 'redis'), { recursive: true });
  const { server: redis, first } = await startOneOrMore(redisKind, join(folder, 'redis'), binDir);
  keep.push(onExit(() => redis.kill('SIGKILL')));
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
  keep.push(onExit(() => postgres.kill('SIGKILL')));
  const password = randomBytes(16).toString('hex');
  await prepare(postgres.url, password);
  const own = new URL(postgres.url);
  own.username = ownRole;
  own.password = password;
  const pool = new pg.Pool({
    connectionString: own.href,
    max: 3,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 60_000,
    query_timeout: 60_000,
  });
  pool.on('error', () => undefined); // PostgreSQL was restarted
  const line = new Redis(first.url, { retryStrategy: () => 100, maxRetriesPerRequest: null });
  line.on('error', () => undefined);
  return {
    postgres,
    redis,
    isReplicated: redisKind !== 'single',
    disk: typeof disk === 'string' ? null : disk,
    diskObstacle: typeof disk === 'string' ? disk : null,
    ownUrl: own.href,
    sql: async (text, values) => (await pool.query(text, values)).rows,
    command: (name, ...parameters) => line.call(name, ...parameters),
    async stop() {
      line.disconnect();
      await pool.end();
      await Promise.all([postgres.stop(), redis.stop()]);
      if (typeof disk !== 'string') disk.unmount();
      for (const forget of keep) forget();
    },
  };
}

async function startOneOrMore(kind: RedisKind, folder: string, binDir: string) {
  if (kind !== 'single') return startReplicatedRedis(kind, folder, binDir);
  const server = await startRedis({ dataDir: folder, binDir, log: (line) => console.log(line) });
  return { server, first: server };
}

async function prepare(url: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create role ${ownRole} login superuser password '${password}'`);
  // Whatever is done to everyone else, this role may write.
  await client.query(`alter role ${ownRole} set default_transaction_read_only = off`);
  // The write-ahead log must leave the small file system free.
  await client.query(`alter system set max_wal_size = '96MB'`);
  await client.query(`alter system set min_wal_size = '64MB'`);
  await client.query('select pg_reload_conf()');
  await client.end();
}
