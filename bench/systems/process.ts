import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { hasEnded } from '@boxoffice/local-servers/server';
import { respondsOk } from '../../scripts/start/service.ts';

/** A process under load. Like that of every system, its log goes to a file, so that no CPU is spent reading it. */
export interface LoadedProcess {
  pid: number;
  url: string;
  /** Empties its log, which would fill a disk within minutes under load. */
  truncateLog(): void;
  /** SIGTERM, then SIGKILL after 10 s. */
  stop(): Promise<void>;
}

const readyTimeoutMs = 120_000;
const stopTimeoutMs = 10_000;

/**
 * Runs a TypeScript file as a process in production mode and waits until /readyz succeeds.
 *
 * @throws {PlainError} with the end of its log if it exits or is not ready within two minutes
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
  /** For the log file. */
  folder: string;
  signal: AbortSignal;
}): Promise<LoadedProcess> {
  const logFile = join(folder, `${name}.log`);
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, NODE_ENV: 'production', HOST: '127.0.0.1', ...env },
    stdio: ['ignore', log, log],
    // Ctrl-C must reach only the benchmark, which stops its processes in order.
    detached: true,
  });
  closeSync(log);
  const killOnExit = () => child.kill('SIGKILL');
  process.once('exit', killOnExit);
  child.once('exit', () => process.off('exit', killOnExit));
  const url = `http://127.0.0.1:${port}`;
  const stop = () => stopChild(child);
  try {
    const deadline = performance.now() + readyTimeoutMs;
    while (!(await respondsOk(`${url}/readyz`))) {
      signal.throwIfAborted();
      if (hasEnded(child) || performance.now() > deadline) {
        const end = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-10).join('\n');
        throw new PlainError(`${name} ${hasEnded(child) ? 'exited' : 'was not ready after 30 s'}:\n${end}`);
      }
      await delay(50);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: child.pid ?? 0, url, stop, truncateLog: () => truncateSync(logFile) };
}

/** SIGTERM, then SIGKILL after 10 s; does nothing if it has exited. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(killer);
}
