import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import type { Report } from './report/report.ts';

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'boxoffice-bench-'));
  // A Redis that must be downloaded is downloaded once.
  symlinkSync(join(inject('dataDir'), 'bin'), join(dataDir, 'bin'));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test('a small run reports figures for every system, and the database agrees with every answer', async () => {
  const json = join(dataDir, 'report.json');
  const size = ['--only', 'hot,hold', '--seconds', '1', '--rounds', '1', '--connections', '8', '--json', json];
  const child = spawn(process.execPath, [resolve(import.meta.dirname, 'main.ts'), ...size], {
    env: { ...process.env, DATA_DIR: dataDir },
  });
  const closed = once(child, 'close');
  // Even if the test times out, the benchmark must stop what it started.
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await closed;
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [code] = await closed;
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('agreed with every answer') });

  const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
  expect(report.problems).toEqual([]);
  expect(report.conditions.load).toMatch(/^(wrk|autocannon)/);
  expect(report.cells.map(({ system, mode }) => `${system} ${mode}`)).toEqual([
    'boxoffice wait',
    'direct wait',
    'row lock wait',
    'boxoffice 202',
  ]);
  for (const { rate, latencyMs } of report.cells) {
    expect(rate.median).toBeGreaterThan(0);
    expect(latencyMs.p50).toBeGreaterThan(0);
    expect(latencyMs.p99).toBeGreaterThanOrEqual(latencyMs.p50);
  }
  expect(report.sales.map(({ kind, system }) => `${kind} ${system}`)).toEqual(['hold boxoffice', 'hold row lock']);
  for (const { rate, requestsPerPurchase } of report.sales) {
    expect(rate.median).toBeGreaterThan(0);
    expect(requestsPerPurchase.median).toBeGreaterThanOrEqual(1);
  }
  expect(report.memory.end).toMatchObject({ gateway: expect.any(Number), worker: expect.any(Number) });
  expect(report.goals.every(({ met, figure }) => (met === null) === (figure === null))).toBe(true);
}, 240_000);
