import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { hasEnded } from '@boxoffice/local-servers/server';
import { respondsOk } from '../../scripts/start/service.ts';

/** A process under load. Its log goes to a file, as that of every system does: reading it costs nobody CPU. */
export interface LoadedProcess {
  pid: number;
  url: string;
  /** Begins its log anew: minutes under load fill a disk. */
  forgetLog(): void;
  /** SIGTERM, and SIGKILL after 10 s. */
  stop(): Promise<void>;
}

const readyTimeoutMs = 30_000;
const stopTimeoutMs = 10_000;

/**
 * Runs a TypeScript file as a process in production mode and waits for its /readyz.
 *
 * @throws {PlainError} with the end of its log when it ends or is not ready within 30 s
 */
export async function startProcess({
  name,
  file,
  port,
  env,
  folder,
  signal,
}: {
  name: string;
  file: string;
  port: number;
  env: Record<string, string>;
  /** For its log. */
  folder: string;
  signal: AbortSignal;
}): Promise<LoadedProcess> {
  const logFile = join(folder, `${name}.log`);
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, NODE_ENV: 'production', HOST: '127.0.0.1', ...env },
    stdio: ['ignore', log, log],
    // Ctrl-C must reach the benchmark alone, which stops what it started in order.
    detached: true,
  });
  closeSync(log);
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));
  const url = `http://127.0.0.1:${port}`;
  const stop = () => stopChild(child);
  try {
    const deadline = Date.now() + readyTimeoutMs;
    while (!(await respondsOk(`${url}/readyz`))) {
      signal.throwIfAborted();
      if (hasEnded(child) || Date.now() > deadline) {
        const end = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-10).join('\n');
        throw new PlainError(`${name} ${hasEnded(child) ? 'ended' : 'is not ready after 30 s'}:\n${end}`);
      }
      await delay(50);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: child.pid ?? 0, url, stop, forgetLog: () => truncateSync(logFile) };
}

/** SIGTERM, and SIGKILL after 10 s; does nothing when it has ended. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(killer);
}
