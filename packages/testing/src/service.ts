import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@boxoffice/local-servers/free-port';
import { eventually } from './eventually.ts';
import { testSecret } from './internal-secret.ts';

export type ServiceName = 'gateway' | 'catalog' | 'booking-worker';

/** A service that runs as its own process, as in production. */
export interface SpawnedService {
  url: string;
  /** Where metrics and details of its readiness are served: a port of its own for a gateway. */
  internalUrl: string;
  pid: number;
  /** The log so far, one JSON line each. */
  logs: string[];
  kill(signal: NodeJS.Signals): void;
  /** Sends SIGTERM, and SIGKILL after 15 s; resolves to how it ended. */
  stop(): Promise<Exit>;
  /** Waits for a log line, past ones included, and returns it. */
  waitForLog(pattern: RegExp, timeoutMs?: number): Promise<string>;
  /** Waits until /readyz returns 200. */
  ready(timeoutMs?: number): Promise<void>;
  exited: Promise<Exit>;
}

interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const portVariable = { gateway: 'PORT', catalog: 'CATALOG_PORT', 'booking-worker': 'WORKER_PORT' } as const;
const root = resolve(import.meta.dirname, '../../..');
const stopTimeoutMs = 15_000;

/**
 * Starts a service on a free port, or on the one in `env`, and waits until it is ready.
 *
 * @throws with the end of its log when it exits or is not ready within 60 s
 */
export async function spawnService(
  name: ServiceName,
  env: Record<string, string>,
  { waitReady = true }: { waitReady?: boolean } = {},
): Promise<SpawnedService> {
  const port = env[portVariable[name]] ?? String(await freePort());
  const internalPort = name === 'gateway' ? (env.METRICS_PORT ?? String(await freePort())) : port;
  const own = {
    [portVariable[name]]: port,
    INTERNAL_SECRET: testSecret,
    ...(name === 'gateway' && { METRICS_PORT: internalPort }),
  };
  const child = spawn(process.execPath, [join(root, 'services', name, 'src/server.ts')], {
    env: { ...process.env, LOG_LEVEL: 'info', ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const logs: string[] = [];
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', (line) => logs.push(line));
  const exited = once(child, 'exit').then(([code, signal]): Exit => ({ code, signal }));
  const url = `http://127.0.0.1:${port}`;
  // A failing test must not leave it running.
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  void exited.then(() => process.off('exit', killWithUs));

  const service: SpawnedService = {
    url,
    internalUrl: `http://127.0.0.1:${internalPort}`,
    pid: child.pid ?? 0,
    logs,
    exited,
    kill: (signal) => void child.kill(signal),
    async stop() {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      return exited.finally(() => clearTimeout(killer));
    },
    waitForLog: (pattern, timeoutMs = 10_000) =>
      eventually(() => logs.find((line) => pattern.test(line)), { timeoutMs }),
    async ready(timeoutMs = 60_000) {
      const ended = exited.then(({ code, signal }) => Promise.reject(new Error(`it ended (${signal ?? code})`)));
      const ready = eventually(async () => (await fetch(`${url}/readyz`)).ok, { timeoutMs, intervalMs: 50 });
      await Promise.race([ready, ended]).catch((error: Error) => {
        throw new Error(`${name} is not ready: ${error.message}\n${logs.slice(-20).join('\n')}`);
      });
    },
  };
  if (waitReady) await service.ready();
  return service;
}
