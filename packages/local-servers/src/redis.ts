import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from './free-port.ts';
import { passwordOf } from './password.ts';
import { PlainError } from './plain-error.ts';
import { findRedis, type RedisProgram } from './redis-program.ts';
import { type Server, type ServerRecipe, startServer } from './server.ts';

type Settings = Record<string, string>;

export interface RedisOptions {
  /** Folder for this server's data, password and log, and nothing else. Created if need be. */
  dataDir: string;
  /** Folder for a Redis that has to be fetched. Servers can share it. */
  binDir: string;
  /** On 127.0.0.1. Default: a free port. */
  port?: number;
  /** Default: generated at the first start. Servers that replicate each other share one. */
  password?: string;
  /** Further lines of redis.conf, by name. */
  settings?: Settings;
  /** Default: true. False is only for tests: a power cut loses acknowledged writes. */
  fsync?: boolean;
  /** Called when something has to be fetched. */
  log?: (line: string) => void;
  /** Cancels fetching. */
  signal?: AbortSignal;
}

/**
 * Starts Redis (or Valkey) on loopback only, with a password generated at its first start. Every write is
 * on disk before it is acknowledged, and no key is ever evicted. It has 64 logical databases.
 *
 * @throws when no Redis can be found or fetched, or it does not start
 */
export async function startRedis({
  dataDir,
  binDir,
  port,
  fsync = true,
  log,
  signal,
  ...own
}: RedisOptions): Promise<Server> {
  const program = await findRedis({ binDir, log, signal });
  const folder = resolve(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const chosen = port ?? (await freePort());
  const password = own.password ?? passwordOf(folder);
  const persistence = {
    appendonly: 'yes',
    appendfsync: fsync ? 'always' : 'no',
    // Beyond it writes are refused. The gateway refuses new requests well before.
    maxmemory: '256mb',
    'maxmemory-policy': 'noeviction',
    save: '""',
  };
  const settings = { requirepass: password, databases: '64', ...persistence, ...own.settings };
  return startServer({
    name: 'Redis',
    url: `redis://:${password}@127.0.0.1:${chosen}`,
    port: chosen,
    ...(program.kind === 'file'
      ? asProcess(program, folder, chosen, settings)
      : asContainer(program, folder, chosen, settings)),
    folder,
    pidFile: join(folder, 'redis.pid'),
    logFile: join(folder, 'redis.log'),
    ready: /Ready to accept connections/,
    stopSignal: 'SIGTERM',
  });
}

type HowToRun = Pick<ServerRecipe, 'command' | 'env' | 'signal'>;

function asProcess(
  program: RedisProgram & { kind: 'file' },
  folder: string,
  port: number,
  settings: Settings,
): HowToRun {
  const location = {
    bind: '127.0.0.1',
    port: String(port),
    dir: `"${folder}"`,
    pidfile: `"${join(folder, 'redis.pid')}"`,
  };
  const file = writeSettings(folder, { ...settings, ...location });
  return { command: [program.file, file], ...(program.env && { env: program.env }) };
}

function asContainer(
  { image }: RedisProgram & { kind: 'container' },
  folder: string,
  port: number,
  settings: Settings,
): HowToRun {
  writeSettings(folder, { ...settings, bind: '0.0.0.0', dir: '/data' });
  const name = `boxoffice-redis-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
  spawnSync('docker', ['rm', '--force', name]); // left behind by a start that was killed
  const owner = process.getuid ? ['--user', `${process.getuid()}:${process.getgid?.()}`] : [];
  const options = ['--name', name, '--publish', `127.0.0.1:${port}:6379`, '--volume', `${folder}:/data`, ...owner];
  return {
    command: ['docker', 'run', '--rm', ...options, image, 'valkey-server', '/data/redis.conf'],
    signal: (signal) => {
      spawnSync('docker', ['kill', '--signal', signal, name]);
    },
  };
}

interface SentinelOptions extends Pick<RedisOptions, 'dataDir' | 'binDir'> {
  /** The server that it watches, under this name. */
  master: { name: string; port: number; password: string };
  quorum: number;
  /** How long the master must be silent to count as down, in milliseconds. */
  downAfterMs: number;
}

/**
 * Starts a Sentinel without a password, on loopback only.
 *
 * @throws when no Redis can be found that runs without a container, or it does not start
 */
export async function startSentinel({
  dataDir,
  binDir,
  master,
  quorum,
  downAfterMs,
}: SentinelOptions): Promise<Server> {
  const program = await findRedis({ binDir });
  if (program.kind !== 'file') throw new PlainError('Sentinels need redis-server or valkey-server on this machine.');
  const folder = resolve(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const port = await freePort();
  const settings = {
    [`sentinel monitor ${master.name} 127.0.0.1`]: `${master.port} ${quorum}`,
    [`sentinel auth-pass ${master.name}`]: master.password,
    [`sentinel down-after-milliseconds ${master.name}`]: String(downAfterMs),
    [`sentinel failover-timeout ${master.name}`]: String(2 * downAfterMs), // a failed failover is retried after twice this time
  };
  const { command, env } = asProcess(program, folder, port, settings);
  return startServer({
    ...{ name: 'Sentinel', url: `redis://127.0.0.1:${port}`, port, folder },
    command: [...command, '--sentinel'],
    ...(env && { env }),
    pidFile: join(folder, 'redis.pid'),
    logFile: join(folder, 'redis.log'),
    ready: /\+monitor master/,
    stopSignal: 'SIGTERM',
  });
}

/** Writes a file because every user of the machine can read arguments, and the password is among the settings. */
function writeSettings(folder: string, settings: Settings): string {
  const file = join(folder, 'redis.conf');
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return file;
}
