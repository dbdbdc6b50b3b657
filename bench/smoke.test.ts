import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort } from '@boxoffice/local-servers/free-port';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import type { PeerComparison } from './report/peer-tables.ts';
import type { Report } from './report/report.ts';

const smallSize = ['--seconds', '1', '--rounds', '1', '--connections', '8'];

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'boxoffice-bench-'));
  // A Redis that must be downloaded is downloaded once.
  symlinkSync(join(inject('dataDir'), 'bin'), join(dataDir, 'bin'));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test('a small run reports figures for every system, and the database agrees with every answer', async () => {
  const json = join(dataDir, 'report.json');
  const { code, output } = await bench('--only', 'hot,hold,curve', '--rates', '50', ...smallSize, '--json', json);
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
  expect(report.curve.map(({ system, rate }) => `${system} ${rate}`)).toEqual(['boxoffice 50', 'direct 50']);
  for (const { answered, latencyMs } of report.curve) {
    expect(answered.median).toBeGreaterThan(0);
    expect(latencyMs.p999).toBeGreaterThanOrEqual(latencyMs.p50);
  }
  expect(report.memory.end).toMatchObject({ gateway: expect.any(Number), worker: expect.any(Number) });
  expect(report.goals.every(({ met, figure }) => (met === null) === (figure === null))).toBe(true);
}, 240_000);

test('another system is measured beside Boxoffice, and its refusals are distinguished from bookings', async () => {
  const seats = new Set<string>();
  const shows = new Set<string | undefined>();
  const peer = createServer(async (request, response) => {
    const { seat_number: seat } = JSON.parse(await text(request));
    const isValid =
      request.headers.authorization === 'Token secret' && /^\/shows\/[345]\/book\/$/.test(request.url ?? '');
    const isFree = isValid && !seats.has(seat) && !seat.endsWith('7');
    seats.add(seat);
    shows.add(request.url);
    response.writeHead(isFree ? 201 : 409).end(`{"detail": "Seat ${seat} is taken."}`);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => peer.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void peer.close());
  const json = join(dataDir, 'peer.json');
  const tokens = join(dataDir, 'tokens');
  writeFileSync(tokens, 'Token secret\n');
  const where = ['--peer', `http://127.0.0.1:${port}`, '--peer-path', '/shows/{show}/book/', '--peer-show', '3..5'];
  const { code, output } = await bench(
    ...[...where, '--peer-seats', 'A1..100', '--peer-token-file', tokens],
    ...[...smallSize, '--json', json],
  );
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('agreed with every answer') });
  expect(output).toMatch(/The first one: 409 \{"detail": "Seat [A-Z]+\d*7 is taken\."\}/);
  const { cells, problems } = JSON.parse(readFileSync(json, 'utf8')) as PeerComparison;
  expect(problems).toEqual([]);
  expect(shows.size).toBe(3);
  expect(cells).toMatchObject([{ connections: 8, boxoffice: [{ refused: 0, failed: 0 }], peer: [{ failed: 0 }] }]);
  for (const { booked } of [...(cells[0]?.boxoffice ?? []), ...(cells[0]?.peer ?? [])])
    expect(booked).toBeGreaterThan(0);
  // Every seat that ends in 7, and no other: each request asks for a new seat.
  const { booked = 0, refused = 0 } = cells[0]?.peer[0] ?? {};
  expect(Math.abs(refused / (booked + refused) - 0.1)).toBeLessThan(0.05);
}, 240_000);

/** Runs the benchmark until it exits. */
async function bench(...args: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, 'main.ts'), ...args], {
    env: { ...process.env, DATA_DIR: dataDir },
  });
  const closed = once(child, 'close');
  // Even if the test times out, the benchmark must stop what it started.
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await closed;
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => (output += chunk));
  const [code] = await closed;
  return { code, output };
}
