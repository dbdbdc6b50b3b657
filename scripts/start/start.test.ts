import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { listen } from '@boxoffice/local-servers/free-port';
import { startTitle, writeNote } from '@boxoffice/local-servers/running';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { keepPnpm, launcherName } from './launchers.ts';

const script = resolve(import.meta.dirname, '../start.ts');
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'boxoffice-start-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Runs the start until it exits on its own. */
async function start(env: Record<string, string>): Promise<{ code: number; output: string }> {
  const free = { PORT: '0', METRICS_PORT: '0', CATALOG_PORT: '0', WORKER_PORT: '0' };
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...free, NODE_ENV: 'development', DATA_DIR: dataDir, ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [code] = await once(child, 'close');
  return { code, output };
}

test.each(['PORT', 'METRICS_PORT', 'CATALOG_PORT', 'WORKER_PORT'])(
  '%s in use: names the port and the variable and starts nothing',
  async (variable) => {
    const taken = await listen(0, '127.0.0.1');
    const { port } = taken.address() as AddressInfo;
    const { code, output } = await start({ [variable]: String(port) });
    taken.close();
    expect(output).toMatch(new RegExp(`^✗ Port ${port} is in use: .* set ${variable} to another port .*\n$`));
    expect(code).toBe(1);
    expect(readdirSync(dataDir)).toEqual([]);
  },
);

test('an invalid environment variable: names it, without a stack', async () => {
  const { code, output } = await start({ WORKERS: 'many' });
  expect(output).toContain('WORKERS');
  expect(output).not.toContain('    at ');
  expect(code).toBe(1);
});

test('a database that does not respond: says so without waiting for downloads', async () => {
  const programs = join(dataDir, 'programs');
  mkdirSync(programs);
  for (const name of ['apt-get', 'dpkg-deb'])
    writeFileSync(join(programs, name), '#!/bin/sh\nexec /bin/sleep 50\n', { mode: 0o755 });
  const startMs = performance.now();
  const { code, output } = await start({
    PATH: programs,
    DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:1/none',
    REDIS_URL: '',
  });
  expect(output).toContain('fetching redis-server');
  expect(output).toMatch(/^✗ PostgreSQL at 127.0.0.1:1 does not answer: start it, or correct DATABASE_URL\.$/m);
  expect(code).toBe(1);
  expect(performance.now() - startMs).toBeLessThan(40_000);
});

test('a second start: says where the first one runs', async () => {
  const first = spawn(process.execPath, [
    '-e',
    `process.title = '${startTitle}'; console.log('up'); setInterval(() => {}, 1000)`,
  ]);
  await once(first.stdout, 'data');
  writeNote({ DATA_DIR: dataDir }, { pid: first.pid ?? 0, gatewayUrl: 'http://localhost:3000', services: [] });
  const { code, output } = await start({});
  first.kill();
  expect(output).toContain(`already running (pid ${first.pid}) at http://localhost:3000`);
  expect(code).toBe(1);
});

test.each([
  ['npm exec pnpm start', 'npm'],
  ['node /usr/local/bin/npx -y pnpm start', 'npx'],
  ['/usr/local/bin/node /root/.npm/_npx/1/node_modules/.bin/pnpm start', 'pnpm'],
  ['node /opt/pnpm/bin/pnpm.cjs start', 'pnpm'],
  ['/opt/pnpm start', 'pnpm'],
  ['bash -c npx -y pnpm start', null],
  ['sh -c node scripts/start.ts', null],
  ['node /home/npm/server.js', null],
])('launcher of "%s": %s', (command, name) => {
  expect(launcherName(command)).toBe(name);
});

test('the running pnpm is linked for the next start, unless there is one', () => {
  const bin = mkdtempSync(join(tmpdir(), 'boxoffice-bin-'));
  onTestFinished(() => rmSync(bin, { recursive: true }));
  const link = join(bin, 'pnpm');
  const [first, second, notRunnable] = ['first', 'second', 'not-runnable'].map((name) => {
    mkdirSync(join(bin, name));
    writeFileSync(join(bin, name, 'pnpm'), '', { mode: name === 'not-runnable' ? 0o644 : 0o755 });
    return join(bin, name, 'pnpm');
  });
  for (const none of ['/usr/lib/node_modules/npm/bin/npm-cli.js', notRunnable]) {
    keepPnpm(bin, none);
    expect(existsSync(link)).toBe(false);
  }
  keepPnpm(bin, first);
  keepPnpm(bin, second);
  expect(readlinkSync(link)).toBe(first);
  rmSync(first ?? '');
  keepPnpm(bin, second);
  expect(readlinkSync(link)).toBe(second);
});
