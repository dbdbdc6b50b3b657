/** Where a Redis server comes from, on a machine that may not have one. */
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PlainError } from './plain-error.ts';

const run = promisify(execFile);

export type RedisProgram =
  | { kind: 'file'; file: string; env?: Record<string, string> }
  | { kind: 'container'; image: string };

export interface FindRedisOptions {
  binDir: string;
  log?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

const image = 'valkey/valkey:9';
const fetchTimeoutMs = 180_000;

/**
 * Finds a Redis or Valkey server: on PATH, fetched earlier, from Debian's or Ubuntu's packages
 * (unpacked in `binDir`; needs no root and changes nothing on the system), as a container, or compiled
 * from its source.
 *
 * @throws when every way fails, with what to do about it
 */
export async function findRedis(options: FindRedisOptions): Promise<RedisProgram> {
  const installed = onPath('redis-server') ?? onPath('valkey-server');
  if (installed) return { kind: 'file', file: installed };
  for (const way of [fromPackages, fromContainer, fromSource]) {
    const program = await way(options).catch(() => null);
    if (program) return program;
    options.signal?.throwIfAborted();
  }
  throw new PlainError(
    'No Redis could be found or fetched: install redis-server (or valkey, or Docker), or set REDIS_URL.',
  );
}

/** The absolute path of a program, or null. */
function onPath(name: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not here
    }
  }
  return null;
}

async function fromPackages({ binDir, log, signal }: FindRedisOptions): Promise<RedisProgram | null> {
  const home = resolve(binDir, 'redis');
  if (!existsSync(home)) {
    if (!onPath('apt-get') || !onPath('dpkg-deb')) return null;
    log?.('fetching redis-server with apt-get, into this folder only');
    await unpackPackages(home, signal);
  }
  const libraries = readdirSync(join(home, 'usr/lib'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.includes('-linux-'))
    .map((entry) => join(home, 'usr/lib', entry.name));
  const program = {
    kind: 'file' as const,
    file: join(home, 'usr/bin/redis-server'),
    env: { LD_LIBRARY_PATH: libraries.join(delimiter) },
  };
  await run(program.file, ['--version'], { env: { ...process.env, ...program.env } });
  return program;
}

/** apt with every folder that it writes to in one of ours. */
async function unpackPackages(home: string, signal?: AbortSignal): Promise<void> {
  const draft = `${home}.${process.pid}`;
  const options = {
    'Dir::State': join(draft, 'state'),
    'Dir::State::Lists': join(draft, 'lists'),
    'Dir::Cache': join(draft, 'cache'),
    'Dir::Cache::archives': join(draft, 'archives'),
    'Dir::State::status': '/var/lib/dpkg/status',
    'Debug::NoLocking': '1',
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
  };
  const apt = (...words: string[]) =>
    run('apt-get', [...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]), ...words], {
      timeout: fetchTimeoutMs,
      ...(signal && { signal }),
    });
  try {
    for (const folder of ['state', 'lists/partial', 'cache', 'archives/partial', 'root']) {
      mkdirSync(join(draft, folder), { recursive: true });
    }
    await apt('-qq', 'update');
    await apt(
      '-qq',
      '-y',
      'install',
      '--download-only',
      '--reinstall',
      '--no-install-recommends',
      'redis-server',
      'redis-tools',
    );
    for (const file of readdirSync(join(draft, 'archives')).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg-deb', ['-x', join(draft, 'archives', file), join(draft, 'root')]);
    }
    // Another process may have been faster; its copy is as good.
    if (!existsSync(home)) renameSync(join(draft, 'root'), home);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function fromContainer({ log, signal }: FindRedisOptions): Promise<RedisProgram | null> {
  if (!onPath('docker')) return null;
  const docker = (...words: string[]) => run('docker', words, { timeout: fetchTimeoutMs, ...(signal && { signal }) });
  const here = await docker('image', 'inspect', image).then(
    () => true,
    () => false,
  );
  if (!here) {
    log?.(`pulling ${image}`);
    await docker('pull', '--quiet', image);
  }
  return { kind: 'container', image };
}

async function fromSource({ binDir, log }: FindRedisOptions): Promise<RedisProgram> {
  log?.('compiling Redis, which takes some minutes');
  const { RedisBinary } = await import('redis-memory-server');
  const file = await RedisBinary.getPath({ version: 'stable', downloadDir: resolve(binDir, 'redis-source') });
  return { kind: 'file', file };
}
