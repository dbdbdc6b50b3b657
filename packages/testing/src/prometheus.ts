/** A real Prometheus for tests; null if the program is neither installed nor can be fetched from Debian's packages. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '@boxoffice/local-servers/free-port';
import { findPrometheus, type PrometheusPrograms } from '@boxoffice/local-servers/prometheus';
import { eventually } from './eventually.ts';

/** Finds Prometheus, and logs one line if there is none. */
export async function prometheusForTests(): Promise<PrometheusPrograms | null> {
  const binDir = resolve(import.meta.dirname, '../../../.boxoffice/bin');
  return findPrometheus({ binDir, log: console.log }).catch((error: Error) => {
    console.warn(`skipped: Prometheus is neither on PATH nor in Debian's packages: ${error.message.split('\n')[0]}`);
    return null;
  });
}

export interface Sample {
  metric: Record<string, string>;
  value: [number, string];
}

export interface Prometheus {
  /** Evaluates an expression now. */
  query(expression: string): Promise<Sample[]>;
  /** The response of an API path, below /api/v1. */
  get<Data>(path: string): Promise<Data>;
  stop(): Promise<void>;
}

/**
 * Starts Prometheus on a free port.
 *
 * @param config as YAML, or JSON, which is YAML too
 */
export async function startPrometheus(programs: PrometheusPrograms, config: string): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'boxoffice-prometheus-'));
  await writeFile(join(folder, 'prometheus.yml'), config);
  const address = `127.0.0.1:${await freePort()}`;
  const args = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
  ];
  // Debian's package has symbolic links for the console's files, which are not needed, to where they would be installed.
  const child = spawn(programs.prometheus, args, { env: { ...process.env, ...programs.env }, stdio: 'ignore' });
  const exited = once(child, 'exit');
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const get = async <Data>(path: string): Promise<Data> => {
    const response = await fetch(`http://${address}/api/v1${path}`);
    const body = (await response.json()) as { status: string; error?: string; data: Data };
    if (body.status !== 'success') throw new Error(`${path}: ${body.error}`);
    return body.data;
  };
  await eventually(async () => (await fetch(`http://${address}/-/ready`)).ok, { timeoutMs: 60_000 });
  return {
    get,
    query: async (expression) =>
      (await get<{ result: Sample[] }>(`/query?query=${encodeURIComponent(expression)}`)).result,
    async stop() {
      process.off('exit', kill);
      child.kill('SIGTERM');
      await exited;
      if (existsSync(folder)) await rm(folder, { recursive: true });
    },
  };
}
