import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findRedis } from './redis-program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'boxoffice-redis-program-'));
  mkdirSync(join(folder, 'programs'));
  vi.stubEnv('PATH', join(folder, 'programs'));
  vi.stubEnv('REDISMS_DOWNLOAD_URL', 'http://127.0.0.1:1/redis.tar.gz');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Puts a shell script on PATH. */
function addProgram(name: string, script: string): void {
  writeFileSync(join(folder, 'programs', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

const find = () => findRedis({ binDir: join(folder, 'bin') });

test('when every source fails, the error gives the reason for each', async () => {
  await expect(find()).rejects.toThrow(
    [
      'No Redis could be found or fetched.',
      '  PATH: neither redis-server nor valkey-server is installed',
      '  apt-get: apt-get is not installed',
      '  Docker: docker is not installed',
      '  source code: connect ECONNREFUSED 127.0.0.1:1',
      'Install redis-server, Valkey or Docker, or set REDIS_URL.',
    ].join('\n'),
  );
});

test('a program that fails is quoted', async () => {
  addProgram('dpkg-deb', '');
  addProgram('apt-get', 'echo "W: no network" >&2; echo "E: Unable to locate package redis-server" >&2; exit 100');
  addProgram('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
  await expect(find()).rejects.toThrow(
    /^ {2}apt-get: E: Unable to locate package redis-server\n {2}Docker: Cannot connect to the Docker daemon$/m,
  );
});

test('packages without libraries of their own are used when the system has them all', async () => {
  addProgram('apt-get', '');
  const file = join(folder, 'bin/redis/usr/bin/redis-server');
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  expect(await find()).toEqual({ kind: 'file', file, env: {} });
});

test('libraries that were fetched are put on the library path', async () => {
  const file = join(folder, 'bin/redis/usr/bin/redis-server');
  const libraries = join(folder, 'bin/redis/usr/lib/x86_64-linux-gnu');
  for (const path of [join(file, '..'), libraries]) mkdirSync(path, { recursive: true });
  writeFileSync(file, `#!/bin/sh\n[ "$LD_LIBRARY_PATH" = ${libraries} ]\n`, { mode: 0o755 });
  expect(await find()).toEqual({ kind: 'file', file, env: { LD_LIBRARY_PATH: libraries } });
});

test('a fetched server that no longer runs is fetched again', async () => {
  const server = join(folder, 'bin/redis/usr/bin');
  mkdirSync(server, { recursive: true });
  writeFileSync(join(server, 'redis-server'), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
  addProgram('dpkg-deb', '');
  addProgram('apt-get', 'echo "E: asked again" >&2; exit 100');
  await expect(find()).rejects.toThrow('apt-get: E: asked again');
});
