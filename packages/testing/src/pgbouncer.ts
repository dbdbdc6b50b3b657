/** A real PgBouncer for tests; null if the program is neither installed nor can be fetched from Debian's packages. */
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ProgramFile, programFromPackages } from '@boxoffice/local-servers/debian-packages';
import { freePort } from '@boxoffice/local-servers/free-port';
import { onPath } from '@boxoffice/local-servers/on-path';
import { asOrdinaryUser } from '@boxoffice/local-servers/ordinary-user';
import { type Server, startServer } from '@boxoffice/local-servers/server';
import { inject } from 'vitest';
import { makeServerFolder } from './server-folders.ts';

/** Finds PgBouncer, and logs one line if there is none. */
export async function pgbouncerForTests(): Promise<ProgramFile | null> {
  const file = onPath('pgbouncer');
  if (file) return { kind: 'file', file };
  const binDir = resolve(import.meta.dirname, '../../../.boxoffice/bin');
  const wanted = { name: 'pgbouncer', packages: ['pgbouncer'], program: 'usr/sbin/pgbouncer' };
  return programFromPackages(wanted, { binDir, log: console.log }).catch((error: Error) => {
    console.warn(`skipped: PgBouncer is neither on PATH nor in Debian's packages: ${error.message.split('\n')[0]}`);
    return null;
  });
}

/**
 * Starts PgBouncer in transaction mode in front of a PostgreSQL server.
 *
 * @param options.urls the URLs with which its clients would log in to that PostgreSQL
 * @param options.ignored the startup parameters that it ignores
 * @returns the server, and the URLs that lead through it
 */
export async function startPgbouncer(
  program: ProgramFile,
  { urls, ignored = 'options' }: { urls: string[]; ignored?: string },
): Promise<{ server: Server; urls: string[] }> {
  const folder = makeServerFolder(inject('dataDir'), 'pgbouncer');
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const port = await freePort();
  const logins = urls.map((url) => new URL(url));
  const [first] = logins;
  const users = logins.map(({ username, password }) => `"${username}" "${decodeURIComponent(password)}"\n`);
  const settings = `[databases]
* = host=${first?.hostname} port=${first?.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
pidfile = ${join(data, 'pgbouncer.pid')}
auth_type = scram-sha-256
auth_file = ${join(data, 'users.txt')}
pool_mode = transaction
default_pool_size = 5
${ignored && `ignore_startup_parameters = ${ignored}`}
`;
  const { prefix, owner } = await asOrdinaryUser();
  const [file = '', ...args] = [...prefix, program.file, join(data, 'pgbouncer.ini')];
  writeFileSync(join(data, 'users.txt'), users.join(''), { mode: 0o600 });
  writeFileSync(join(data, 'pgbouncer.ini'), settings, { mode: 0o600 });
  if (owner !== undefined)
    for (const name of ['', 'users.txt', 'pgbouncer.ini']) chownSync(join(data, name), owner, owner);
  const server = await startServer({
    ...{ name: 'PgBouncer', url: `postgres://127.0.0.1:${port}`, port },
    command: [file, ...args],
    ...(program.env && { env: program.env }),
    folder: data,
    pidFile: join(data, 'pgbouncer.pid'),
    logFile: join(folder, 'pgbouncer.log'),
    ready: /process up/,
    stopSignal: 'SIGINT',
  });
  const through = logins.map((login) => Object.assign(new URL(login), { host: `127.0.0.1:${port}` }).href);
  return { server, urls: through };
}
