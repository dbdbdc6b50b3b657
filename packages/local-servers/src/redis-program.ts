/** Where a Redis server comes from on a machine that may not have one. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { onPath } from './on-path.ts';
import { PlainError } from './plain-error.ts';
import { type FindRedisOptions, type RedisFile, redisFromPackages } from './redis-packages.ts';

const run = promisify(execFile);

export type RedisProgram = RedisFile | { kind: 'container'; image: string };

const image = 'valkey/valkey:9';
const pullTimeoutMs = 180_000;

/** In the order in which they are tried: the fastest first. Each throws an error that says why it failed. */
const sources: [name: string, find: (options: FindRedisOptions) => Promise<RedisProgram>][] = [
  ['PATH', fromPath],
  ['apt-get', redisFromPackages],
  ['Docker', fromContainer],
  ['source code', fromSource],
];

/**
 * Finds a Redis or Valkey server: on PATH; in Debian's or Ubuntu's packages (unpacked in `binDir`; needs
 * no root and changes nothing on the system); as a container; or compiled from source.
 *
 * @throws {PlainError} when every source fails, with the reason for each
 */
export async function findRedis(options: FindRedisOptions): Promise<RedisProgram> {
  const failures: string[] = [];
  for (const [name, find] of sources) {
    try {
      return await find(options);
    } catch (error) {
      options.signal?.throwIfAborted();
      failures.push(`  ${name}: ${reasonOf(error)}`);
    }
  }
  throw new PlainError(
    `No Redis could be found or fetched.\n${failures.join('\n')}\nInstall redis-server, Valkey or Docker, or set REDIS_URL.`,
  );
}

/** A failed program says why in the last line it wrote to standard error; `message` would only repeat its arguments. */
function reasonOf(error: unknown): string {
  const { stderr, killed, message } = error as Error & { stderr?: string; killed?: boolean };
  if (killed) return 'took too long';
  return stderr?.trim().split('\n').at(-1) || message?.split('\n')[0] || String(error);
}

async function fromPath(): Promise<RedisProgram> {
  const file = onPath('redis-server') ?? onPath('valkey-server');
  if (!file) throw new Error('neither redis-server nor valkey-server is installed');
  return { kind: 'file', file };
}

async function fromContainer({ log, signal }: FindRedisOptions): Promise<RedisProgram> {
  if (!onPath('docker')) throw new Error('docker is not installed');
  const docker = (...args: string[]) => run('docker', args, { timeout: pullTimeoutMs, ...(signal && { signal }) });
  const pulled = await docker('image', 'inspect', image).then(
    () => true,
    () => false,
  );
  if (!pulled) {
    log?.(`pulling ${image} …`);
    await docker('pull', '--quiet', image);
  }
  return { kind: 'container', image };
}

async function fromSource({ binDir, log }: FindRedisOptions): Promise<RedisProgram> {
  log?.('compiling Redis from source, which takes a few minutes …');
  const { RedisBinary } = await import('redis-memory-server');
  const file = await RedisBinary.getPath({ version: 'stable', downloadDir: resolve(binDir, 'redis-source') });
  return { kind: 'file', file };
}
