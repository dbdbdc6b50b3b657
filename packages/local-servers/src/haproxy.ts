/** HAProxy: the one on PATH, otherwise from Debian's or Ubuntu's packages. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ProgramFile, programFromPackages, type UnpackOptions } from './debian-packages.ts';
import { type HaproxyListener, haproxySettings } from './haproxy-settings.ts';
import { onPath } from './on-path.ts';
import { PlainError } from './plain-error.ts';
import { type Server, startServer } from './server.ts';

export interface HaproxyOptions extends UnpackOptions {
  /** Folder for its settings and log, and nothing else. Created if missing. */
  dataDir: string;
  /** The first is the public one. */
  listeners: [HaproxyListener, ...HaproxyListener[]];
}

/** @throws {PlainError} if there is none, which says what to do instead */
export async function findHaproxy(options: UnpackOptions): Promise<ProgramFile> {
  const file = onPath('haproxy');
  if (file) return { kind: 'file', file };
  const wanted = { name: 'haproxy', packages: ['haproxy'], program: 'usr/sbin/haproxy', versionFlag: '-v' };
  return programFromPackages(wanted, options).catch((error: Error) => {
    options.signal?.throwIfAborted();
    throw new PlainError(
      `HAProxy is neither on PATH nor in the system's packages (${error.message.split('\n')[0]}). Install it, or set ` +
        'GATEWAYS=1 and put your own load balancer in front of gateways that you start yourself (docs/scaling.md).',
    );
  });
}

/**
 * Starts HAProxy in front of services that are running already or will be soon.
 *
 * @throws {PlainError} when it cannot be found or does not start
 */
export async function startHaproxy({ dataDir, listeners, ...find }: HaproxyOptions): Promise<Server> {
  const program = await findHaproxy(find);
  const folder = resolve(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, haproxySettings(listeners), { mode: 0o600 });
  const [{ host, port }] = listeners;
  const pidFile = join(folder, 'haproxy.pid');
  return startServer({
    name: 'HAProxy',
    url: `http://${host}:${port}`,
    port,
    command: [program.file, '-W', '-db', '-p', pidFile, '-f', file],
    ...(program.env && { env: program.env }),
    folder,
    pidFile,
    logFile: join(folder, 'haproxy.log'),
    ready: /Loading success/,
    stopSignal: 'SIGTERM',
  });
}
