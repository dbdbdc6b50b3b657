import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isAlive } from '@boxoffice/local-servers/processes';
import { readNote } from '@boxoffice/local-servers/running';
import { execute } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

const script = resolve(import.meta.dirname, '../start.ts');
let dataDir: string;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'boxoffice-running-'));
  // Shares a Redis that had to be fetched.
  mkdirSync(join(inject('dataDir'), 'bin'), { recursive: true });
  symlinkSync(join(inject('dataDir'), 'bin'), join(dataDir, 'bin'));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

interface Start {
  child: ChildProcess;
  output: string;
}

/** Starts everything on servers of its own and waits for the summary. */
async function start(): Promise<Start> {
  const ports = { PORT: '0', METRICS_PORT: '0', CATALOG_PORT: '0', WORKER_PORT: '0' };
  const free = { ...ports, DATABASE_URL: '', REDIS_URL: '', LOG_LEVEL: 'info' };
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...free, NODE_ENV: 'development', DATA_DIR: dataDir },
  });
  const started: Start = { child, output: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      started.output += text;
    });
  }
  await eventually(() => started.output.includes('Boxoffice is open') || child.exitCode !== null, {
    timeoutMs: 50_000,
  });
  expect(started.output).toContain('Boxoffice is open');
  return started;
}

function note() {
  const running = readNote({ DATA_DIR: dataDir });
  if (!running) throw new Error('the start left no note');
  return running;
}

/** The pids of all processes that a start runs. */
function everyPid(): number[] {
  const servers = ['postgres/cluster/postmaster.pid', 'redis/redis.pid'];
  const pids = servers.map((file) => Number.parseInt(readFileSync(join(dataDir, file), 'utf8'), 10));
  return [...pids, ...note().services.map(({ pid }) => pid)];
}

test('restarts what dies, takes over after a kill, keeps its data, stops once and cleanly', async () => {
  const first = await start();
  const { gatewayUrl, databaseUrl = '', services } = note();
  expect((await fetch(`${gatewayUrl}/readyz`)).status).toBe(200);
  await execute(databaseUrl, 'create table survives ()');

  const gateway = services.find(({ name }) => name === 'gateway')?.pid ?? 0;
  process.kill(gateway, 'SIGKILL');
  await eventually(() => first.output.includes('gateway died (SIGKILL); starting it again in 0.5 s'));
  await eventually(async () => (await fetch(`${gatewayUrl}/readyz`)).ok, { timeoutMs: 30_000 });

  const left = everyPid();
  expect(left).toHaveLength(5);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  expect(left.every(isAlive)).toBe(true);

  const second = await start();
  expect(left.some(isAlive)).toBe(false);
  expect(second.output).toContain('stopping what an earlier start left running');
  await execute(note().databaseUrl ?? '', 'select from survives');

  const pids = everyPid();
  second.child.kill('SIGINT');
  second.child.kill('SIGINT');
  await eventually(() => second.output.includes('stopping …'));
  second.child.kill('SIGTERM');
  await eventually(() => second.child.exitCode !== null, { timeoutMs: 30_000 });
  expect(second.child.exitCode).toBe(0);
  expect(second.output.match(/Boxoffice has stopped/g)).toHaveLength(1);
  expect(pids.some(isAlive)).toBe(false);
}, 120_000);
