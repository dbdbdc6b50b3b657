/** Programs from Debian or Ubuntu packages, unpacked into a folder of ours: needs no root, installs nothing. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { onPath } from './on-path.ts';

const run = promisify(execFile);

/** A program's executable, and the environment that it needs. */
export interface ProgramFile {
  kind: 'file';
  file: string;
  env?: Record<string, string>;
}

export interface UnpackOptions {
  /** Folder for programs that have to be fetched. */
  binDir: string;
  log?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

const fetchTimeoutMs = 180_000;

/**
 * Fetches packages, unless an earlier call has, and returns one of their programs.
 *
 * @param wanted.name the folder's name in `binDir`
 * @param wanted.program its path in the package, e.g. `usr/bin/redis-server`
 * @param wanted.versionFlag makes the program print its version, to check that it runs; `--version` by default
 * @throws when there is no apt-get, it fails, or the program does not run
 */
export async function programFromPackages(
  wanted: { name: string; packages: string[]; program: string; versionFlag?: string },
  { binDir, log, signal }: UnpackOptions,
): Promise<ProgramFile> {
  const folder = resolve(binDir, wanted.name);
  if (existsSync(folder)) {
    const program = await runnableIn(folder, wanted).catch(() => null);
    if (program) return program;
    // It relied on a library of the system that has since been removed.
    rmSync(folder, { recursive: true, force: true });
  }
  for (const name of ['apt-get', 'dpkg-deb']) if (!onPath(name)) throw new Error(`${name} is not installed`);
  log?.(`fetching ${wanted.packages[0]} with apt-get into ${folder} (nothing is installed) …`);
  await unpackPackages(folder, wanted.packages, signal);
  return runnableIn(folder, wanted);
}

/** @throws when the program in this folder does not run */
async function runnableIn(
  folder: string,
  { program, versionFlag = '--version' }: { program: string; versionFlag?: string },
): Promise<ProgramFile> {
  const file = join(folder, program);
  // apt-get fetches only the libraries that the system lacks. When it lacks none, there is no such folder.
  const libraries = join(folder, 'usr/lib');
  const fetched = existsSync(libraries) ? readdirSync(libraries).filter((name) => name.includes('-linux-')) : [];
  const path = fetched.map((name) => join(libraries, name)).join(delimiter);
  const env: Record<string, string> = path ? { LD_LIBRARY_PATH: path } : {};
  await run(file, [versionFlag], { env: { ...process.env, ...env } });
  return { kind: 'file', file, env };
}

/** Runs apt-get with every folder that it writes to inside one of ours. */
async function unpackPackages(folder: string, packages: string[], signal?: AbortSignal): Promise<void> {
  const draft = `${folder}.${process.pid}`;
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
  const optionArgs = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const aptGet = (...args: string[]) =>
    run('apt-get', ['-qq', ...optionArgs, ...args], { timeout: fetchTimeoutMs, ...(signal && { signal }) });
  const download = ['-y', 'install', '--download-only', '--reinstall', '--no-install-recommends'];
  try {
    for (const name of ['state', 'lists/partial', 'cache', 'archives/partial', 'root']) {
      mkdirSync(join(draft, name), { recursive: true });
    }
    await aptGet('update');
    await aptGet(...download, ...packages);
    for (const file of readdirSync(join(draft, 'archives')).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg-deb', ['-x', join(draft, 'archives', file), join(draft, 'root')]);
    }
    // Another process may have been faster; its copy is just as good.
    if (!existsSync(folder)) renameSync(join(draft, 'root'), folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
