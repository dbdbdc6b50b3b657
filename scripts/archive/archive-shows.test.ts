import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { openDatabase } from '@boxoffice/shared/database/orm';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { partitionTables } from '../partition-tables/partition-tables.ts';
import { archiveShows } from './archive-shows.ts';
import { withArchiveLock } from './database.ts';
import { restoreShows } from './restore-shows.ts';
import { addOldShow, contentsOf } from './test/old-show.ts';

let database: TestDatabase;
let client: pg.Client;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archive-'));
  await client.query(
    'truncate catalog.movies, catalog.shows, booking.bookings, booking.seat_claims, booking.requests, booking.outbox, ' +
      'booking.payment_verdicts, payments.payments, payments.payment_events cascade',
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const before = '2026-01-01';
const fileOf = (show: number) => join(folder, `show-${show}.jsonl.gz`);

async function run(work: (own: pg.Client, say: (line: string) => void) => Promise<{ summary(verb: string): string }>) {
  const lines: string[] = [];
  const tally = await withArchiveLock(database.url, (own) => work(own, (line) => lines.push(line)));
  return [...lines, tally.summary('Did')].join('\n');
}
const archive = () => run((own, say) => archiveShows({ client: own, before, folder, say }));
const restore = (path = folder) => run((own, say) => restoreShows({ client: own, path, say }));

/** Waits until a session of the command waits for a lock. */
const isBlocked = () =>
  eventually(async () => {
    const { rows } = await client.query(
      `select from pg_stat_activity where application_name = 'boxoffice archive' and wait_event_type = 'Lock'
         and datname = current_database()`,
    );
    return rows.length === 1;
  });

/** Runs statements on a connection of its own, archives meanwhile, and commits when the command waits for them. */
async function archiveDuring(statement: string): Promise<string> {
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  try {
    await other.query(`begin; ${statement}`);
    const archiving = archive();
    await isBlocked();
    await other.query('commit');
    return await archiving;
  } finally {
    await other.end();
  }
}

describe('archiving', () => {
  it('moves all rows into a file that only its owner can read, and a restore brings back exactly these', async () => {
    const show = await addOldShow(client);
    const live = await addOldShow(client, { startsAt: '2026-01-01T00:30:00Z' });
    const rows = await contentsOf(client, show);
    const others = await contentsOf(client, live);
    expect(await archive()).toContain('Did 1 show with 17 rows. Skipped 0, failed 0.');
    expect((await contentsOf(client, show)).flat()).toEqual([]);
    expect(await contentsOf(client, live)).toEqual(others);
    expect((await stat(fileOf(show))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual([`show-${show}.jsonl.gz`]);
    expect(await archive()).toContain('Did 0 shows');
    expect(await restore()).toContain('Did 1 show with 17 rows');
    expect(await contentsOf(client, show)).toEqual(rows);
    expect(await restore()).toMatch(/is skipped: it is restored already\.\nDid 0 shows/);
    expect(await contentsOf(client, show)).toEqual(rows);
    expect(await archive()).toContain('Did 1 show with 17 rows');
  });

  it.each([
    ['it has holds', "update booking.bookings set status = 'held' where show_id = $1 and status = 'booked'"],
    ['it was cancelled', "update catalog.shows set status = 'cancelled' where id = $1"],
    ['its outbox is not empty', "insert into booking.outbox (show_id, kind, data) values ($1, 'refund', '{}')"],
    [
      'it has outcomes of requests',
      `insert into booking.requests (show_id, id, user_id, kind, status, booking_id, decided_at)
       values ($1, gen_random_uuid(), 1, 'cancel', 'succeeded', gen_random_uuid(), now())`,
    ],
    ['some of its payments are not settled', 'update payments.payments set next_step_at = now() where show_id = $1'],
    ['some of its payments are not settled', "update payments.payments set attention = 'stuck' where show_id = $1"],
    ['some of its payments are not settled', "update payments.payments set status = 'authorized' where show_id = $1"],
    ['some of its payments are not settled', "update booking.bookings set status = 'cancelled' where show_id = $1"],
    [
      'some events of its payments are not handled',
      `insert into payments.payment_events (source, provider, event_id, kind, data)
       select 'event', 'stripe', 'evt_new_' || id, 'paid', json_build_object('payment_id', id) from payments.payments where show_id = $1`,
    ],
  ])('skips a show when %s', async (reason, statement) => {
    const show = await addOldShow(client);
    await client.query(statement, [show]);
    const rows = await contentsOf(client, show);
    expect(await archive()).toContain(`Show ${show} is skipped: ${reason}`);
    expect(await contentsOf(client, show)).toEqual(rows);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['its date is corrected', "update catalog.shows set date_time = '2099-01-01T00:00:00Z'", 'it has changed'],
    ['a payment changes', "update payments.payments set attention = 'refund_failed'", 'it has changed'],
    ['a booking is paid', "update booking.bookings set paid_at = now(), paid_with = 'cash'", 'it has changed'],
    ['it is cancelled', "update catalog.shows set status = 'cancelled'", 'it has changed'],
    [
      'an event is handled that changes nothing',
      `select from payments.payments for key share;
       insert into payments.payment_events (payment_id, source, provider, event_id, kind, handled_at)
       select id, 'event', 'stripe', 'evt_late_' || id, 'seen', now() from payments.payments`,
      'it has changed',
    ],
  ])('skips a show when %s while it is archived', async (_, statement, reason) => {
    const show = await addOldShow(client);
    const rowsBefore = await contentsOf(client, show);
    expect(await archiveDuring(statement)).toContain(`Show ${show} is skipped: ${reason}`);
    expect(await readdir(folder)).toEqual([]);
    expect((await contentsOf(client, show)).map((rows) => rows.length)).toEqual(
      rowsBefore.map((rows, table) => rows.length + (statement.includes('evt_late') && table === 4 ? 2 : 0)),
    );
  });

  it('never queues for the lock of a show: it is skipped while a turn lasts', async () => {
    const show = await addOldShow(client);
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock_shared(7230, $1)', [show]);
    expect(await archive()).toContain(`Show ${show} is skipped: somebody is changing it`);
    await client.query('commit');
    expect(await archive()).toContain('Did 1 show');
  });

  it('is refused while another archives', async () => {
    await withArchiveLock(database.url, () => expect(archive()).rejects.toThrow('Another `pnpm archive` is at work'));
  });

  it('never overwrites a file that has other rows', async () => {
    const show = await addOldShow(client);
    await archive();
    const file = await readFile(fileOf(show));
    await restore();
    await client.query("update booking.bookings set code = 'CHANGED' where show_id = $1", [show]);
    const rows = await contentsOf(client, show);
    expect(await archive()).toMatch(/has failed: .* has other rows of the show than the database.*\n.*failed 1\.$/);
    expect(await contentsOf(client, show)).toEqual(rows);
    expect(await readFile(fileOf(show))).toEqual(file);
  });

  it('fails for a show whose file is damaged, keeps its rows, and goes on with the others', async () => {
    const shows = [await addOldShow(client), await addOldShow(client)];
    await writeFile(fileOf(shows[0] as number), 'damaged');
    expect(await archive()).toMatch(/line 1: the file is damaged or truncated(.|\n)*Did 1 show with 17 rows.*failed 1/);
    expect((await contentsOf(client, shows[0] as number)).flat()).toHaveLength(17);
  });
});

/** Gives the lines of a file that was edited their checksum. */
function forged(lines: string[]): string[] {
  const content = lines.slice(0, -1);
  const sha256 = createHash('sha256')
    .update(`${content.join('\n')}\n`)
    .digest('hex');
  return [...content, JSON.stringify({ sha256 })];
}

describe('restoring', () => {
  /** Rewrites the lines of a file. */
  async function edit(show: number, change: (lines: string[]) => string[]): Promise<void> {
    const lines = gunzipSync(await readFile(fileOf(show)))
      .toString()
      .split('\n')
      .slice(0, -1);
    await writeFile(fileOf(show), gzipSync(`${change(lines).join('\n')}\n`));
  }

  it.each<[string, (lines: string[]) => string[], RegExp]>([
    ['edited', (lines) => lines.map((line) => line.replace('"stripe"', '"strips"')), /line \d+: the checksum is wrong/],
    [
      'of another version',
      ([, ...lines]) => ['{"format":"boxoffice-show","version":2}', ...lines],
      /line 1: .*version 2/,
    ],
    ['of another kind', (lines) => lines.slice(1), /line 1: this is not the file of a show/],
    ['cut after a line', (lines) => lines.slice(0, -1), /line \d+: the file ends here, but is not complete/],
    ['too long', (lines) => [...lines, '{}'], /line \d+: the file goes on after its last line/],
    ['without ends of lines', (lines) => [lines[0] as string, 'x'.repeat(3_000_000)], /line 2: .* longer than 1 MB/],
    [
      'of another table',
      ([head, ...rest]) => [head as string, '["identity.users",{}]', ...rest],
      /line 2: this is no row/,
    ],
  ])('refuses a file that is %s, names the line, and changes nothing', async (_, change, error) => {
    const show = await addOldShow(client);
    await archive();
    await edit(show, change);
    expect(await restore()).toMatch(error);
    expect((await contentsOf(client, show)).flat()).toEqual([]);
  });

  it('refuses a truncated file', async () => {
    const show = await addOldShow(client);
    await archive();
    const file = await readFile(fileOf(show));
    await writeFile(fileOf(show), file.subarray(0, -20));
    expect(await restore()).toMatch(/line \d+: the file is damaged or truncated/);
    expect((await contentsOf(client, show)).flat()).toEqual([]);
  });

  it.each([
    [
      'has other rows',
      "insert into booking.seat_claims (show_id, seat_number, booking_id) values ($1, 'Z9', gen_random_uuid())",
    ],
    ['its date_time differs', "update catalog.shows set date_time = '2099-01-01T00:00:00Z' where id = $1"],
    ['its status differs', "update catalog.shows set status = 'cancelled' where id = $1"],
    ['does not exist', 'delete from catalog.shows where id = $1'],
  ])('is refused when the show %s', async (reason, statement) => {
    const show = await addOldShow(client);
    await archive();
    await client.query(statement, [show]);
    const rows = await contentsOf(client, show);
    expect(await restore(fileOf(show))).toMatch(new RegExp(`has failed: Show ${show} .*${reason}.*\n.*failed 1`));
    expect(await contentsOf(client, show)).toEqual(rows);
  });

  it('has events handled that came meanwhile', async () => {
    const show = await addOldShow(client);
    const payment = (await client.query('select id from payments.payments where show_id = $1', [show])).rows[0].id;
    await archive();
    await client.query(
      `insert into payments.payment_events (source, provider, event_id, kind, data, handled_at, outcome, tries)
       values ('event', 'stripe', 'evt_meanwhile', 'refunded', json_build_object('payment_id', $1::text), now(), 'unknown payment', 41)`,
      [payment],
    );
    await restore();
    const { rows } = await client.query(
      "select handled_at, tries from payments.payment_events where event_id = 'evt_meanwhile'",
    );
    expect(rows).toEqual([{ handled_at: null, tries: 0 }]);
  });

  it('says when there is nothing to restore', async () => {
    await expect(restore()).rejects.toThrow('There are no archived shows in');
    await expect(restore(join(folder, 'missing'))).rejects.toThrow('cannot be read');
  });
});

it('works on partitioned tables, and counts what it does in a sentence', async () => {
  const owner = await openDatabase({ url: database.url });
  await partitionTables(owner.em.fork(), 4).finally(() => owner.close());
  const shows = [await addOldShow(client), await addOldShow(client)];
  const rows = await Promise.all(shows.map((show) => contentsOf(client, show)));
  expect(await archive()).toBe('Did 2 shows with 34 rows. Skipped 0, failed 0.');
  expect((await contentsOf(client, shows[0] as number)).flat()).toEqual([]);
  expect(await restore()).toBe('Did 2 shows with 34 rows. Skipped 0, failed 0.');
  expect(await Promise.all(shows.map((show) => contentsOf(client, show)))).toEqual(rows);
});

it('creates the folder for its owner alone', async () => {
  folder = join(folder, 'new', 'folder');
  await addOldShow(client);
  await archive();
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

it('says when the folder cannot be used', async () => {
  await writeFile(join(folder, 'file'), '');
  folder = join(folder, 'file');
  await expect(archive()).rejects.toThrow(/The folder .* cannot be used/);
});
