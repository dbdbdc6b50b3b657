import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { addOldShow, contentsOf } from '../../scripts/archive/test/old-show.ts';

vi.setConfig({ testTimeout: 60_000 });

const script = join(resolve(import.meta.dirname, '../..'), 'scripts/archive.ts');

let boxoffice: Boxoffice;
let client: pg.Client;
let folder: string;
let commands: ChildProcess[] = [];
beforeAll(async () => {
  boxoffice = await startBoxoffice({ env: { BOOKING_PARTITIONS: '1' } });
  client = new pg.Client({ connectionString: boxoffice.databaseUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await boxoffice.stop();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archive-'));
});
afterEach(async () => {
  for (const child of commands) child.kill('SIGKILL');
  commands = [];
  await client.query('rollback');
  await client.query(
    'truncate booking.bookings, booking.seat_claims, booking.payment_verdicts, payments.payments, payments.payment_events',
  );
  await rm(folder, { recursive: true, force: true });
});

function run(...parameters: string[]) {
  const child = spawn(process.execPath, [script, ...parameters], {
    env: { ...process.env, DATABASE_URL: boxoffice.databaseUrl, NODE_COMPILE_CACHE: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  commands.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, output })) };
}
const archive = () => run('--before', '2026-01-01', '--to', folder);
const restore = () => run('--restore', folder);

interface Session {
  pid: number;
}
const sessions = async (condition = 'true') =>
  (
    await boxoffice.rows<Session>(
      `select pid from pg_stat_activity where application_name = 'boxoffice archive'
         and datname = current_database() and ${condition}`,
    )
  ).map(({ pid }) => pid);
const isBlocked = () => eventually(async () => (await sessions("wait_event_type = 'Lock'"))[0], { timeoutMs: 30_000 });

async function kill(command: ReturnType<typeof run>): Promise<void> {
  command.child.kill('SIGKILL');
  await command.ended;
  await eventually(async () => (await sessions()).length === 0);
}

/** Locks the bookings of a show as one that changes them does: the deletion waits for them, having deleted other rows. */
async function lockBookings(show: number): Promise<void> {
  await client.query('begin');
  await client.query('select from booking.bookings where show_id = $1 for update', [show]);
}

it('may be killed when a file is complete and rows are being deleted, and run again', async () => {
  const show = await addOldShow(client);
  const rows = await contentsOf(client, show);
  await lockBookings(show);
  const command = archive();
  await isBlocked();
  await kill(command);
  await client.query('commit');
  expect(await contentsOf(client, show)).toEqual(rows);
  const [name, ...others] = await readdir(folder);
  expect(others).toEqual([]);
  const file = await readFile(join(folder, name as string));
  expect(await archive().ended).toMatchObject({
    code: 0,
    output: expect.stringContaining('Archived 1 show with 17 rows'),
  });
  expect((await contentsOf(client, show)).flat()).toEqual([]);
  expect(await readFile(join(folder, name as string))).toEqual(file);
  expect(await restore().ended).toMatchObject({
    code: 0,
    output: expect.stringContaining('Restored 1 show with 17 rows'),
  });
  expect(await contentsOf(client, show)).toEqual(rows);
});

it('may be killed while it writes a file, and run again', async () => {
  const show = await addOldShow(client, { seats: 40_000 });
  const command = archive();
  const temporary = join(folder, `show-${show}.jsonl.gz.tmp`);
  await eventually(() => existsSync(temporary), { timeoutMs: 30_000, intervalMs: 1 });
  await kill(command);
  expect(await readdir(folder)).toEqual([`show-${show}.jsonl.gz.tmp`]);
  expect((await contentsOf(client, show)).flat()).toHaveLength(40_011);
  expect(await archive().ended).toMatchObject({ code: 0, output: expect.stringContaining('with 40,011 rows') });
  expect(await readdir(folder)).toEqual([`show-${show}.jsonl.gz`]);
});

it('may be killed while it restores: nothing is restored then, or everything', async () => {
  const show = await addOldShow(client);
  const rows = await contentsOf(client, show);
  await archive().ended;
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock_shared(7230, $1)', [show]);
  const command = restore();
  await eventually(async () => (await sessions("query ~ 'pg_try_advisory_xact_lock'")).length === 1, {
    timeoutMs: 30_000,
  });
  await kill(command);
  await client.query('commit');
  expect((await contentsOf(client, show)).flat()).toEqual([]);
  expect((await restore().ended).code).toBe(0);
  expect(await contentsOf(client, show)).toEqual(rows);
});

it('keeps nobody from booking other shows, nor from being told that this one is over', async () => {
  const [show, live] = [await addOldShow(client), await boxoffice.addShow()];
  await lockBookings(show);
  const command = archive();
  const pid = await isBlocked();
  const locks = await boxoffice.rows<{ mode: string }>(
    "select distinct mode from pg_locks where pid = ? and locktype = 'relation' order by mode",
    [pid],
  );
  expect(locks.map(({ mode }) => mode)).toEqual(['AccessShareLock', 'RowExclusiveLock', 'RowShareLock']);
  for (const seat of ['A1', 'A2', 'A3']) expect((await boxoffice.book(live, seat, { wait: 10 })).status).toBe(201);
  const late = await boxoffice.book(show, 'A5', { wait: 10 });
  expect([late.status, late.body.code]).toEqual([409, 'show_started']);
  expect(await isBlocked()).toBe(pid);
  await client.query('commit');
  expect((await command.ended).code).toBe(0);
});

it('answers 404 for the bookings and jobs of an archived show, until it is restored', async () => {
  const show = await boxoffice.addShow();
  const { body } = await boxoffice.book(show, 'A1', { wait: 10 });
  await boxoffice.rows("update catalog.shows set date_time = '2025-06-01T18:00:00Z' where id = ? returning id", [show]);
  const paths = [`/api/bookings/${body.id}/`, `/api/jobs/${body.id}/`];
  const statuses = () => Promise.all(paths.map(async (path) => (await boxoffice.call(path, { user: 1 })).status));
  expect(await statuses()).toEqual([200, 200]);
  expect((await archive().ended).output).toContain('Archived 1 show with 2 rows');
  expect(await statuses()).toEqual([404, 404]);
  expect((await restore().ended).output).toContain('Restored 1 show');
  expect(await statuses()).toEqual([200, 200]);
});

it.each([
  [['--before', '2026-02-30', '--to', '/tmp/x'], 'There is no day 2026-02-30'],
  [['--before', '2099-01-01', '--to', '/tmp/x'], '2099-01-01 is in the future'],
  [['--before', '2026-01-01'], 'Usage: pnpm archive --before <YYYY-MM-DD> --to <folder>'],
  [['--before', '2026-01-01', '--to', '/dev/null/x'], 'The folder /dev/null/x cannot be used'],
  [['--restore', '/tmp', '--to', '/tmp/x'], 'Usage: pnpm archive'],
  [['--before', '2026-01-01', '--into', '/tmp/x'], "Unknown option '--into'"],
])('%j is refused with a reason', async (parameters, reason) => {
  const { code, output } = await run(...parameters).ended;
  expect(output).toContain(reason);
  expect(code).toBe(1);
});
