import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '@boxoffice/shared/database/orm';
import { eventually } from '@boxoffice/testing/eventually';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { partitionTables } from '../partition-tables/partition-tables.ts';
import { withArchiveLock } from './database.ts';
import { useArchives } from './test/archives.ts';
import { addOldShow, contentsOf } from './test/old-show.ts';

const archives = useArchives();

/** Waits until a session of the command waits for a lock. */
const isBlocked = () =>
  eventually(async () => {
    const { rows } = await archives.client.query(
      `select from pg_stat_activity where application_name = 'boxoffice archive' and wait_event_type = 'Lock'
         and datname = current_database()`,
    );
    return rows.length === 1;
  });

/** Runs statements on a connection of its own, archives meanwhile, and commits when the command waits for them. */
async function archiveDuring(statement: string): Promise<string> {
  const other = new pg.Client({ connectionString: archives.url });
  await other.connect();
  try {
    await other.query(`begin; ${statement}`);
    const archiving = archives.archive();
    await isBlocked();
    await other.query('commit');
    return await archiving;
  } finally {
    await other.end();
  }
}

describe('archiving', () => {
  it('moves all rows into a file that only its owner can read, and a restore brings back exactly these', async () => {
    const show = await addOldShow(archives.client);
    const live = await addOldShow(archives.client, { startsAt: '2026-01-01T00:30:00Z' });
    const rows = await contentsOf(archives.client, show);
    const others = await contentsOf(archives.client, live);
    expect(await archives.archive()).toContain('Did 1 show with 17 rows. Skipped 0, failed 0.');
    expect((await contentsOf(archives.client, show)).flat()).toEqual([]);
    expect(await contentsOf(archives.client, live)).toEqual(others);
    expect((await stat(archives.fileOf(show))).mode & 0o777).toBe(0o600);
    expect(await readdir(archives.folder)).toEqual([`show-${show}.jsonl.gz`]);
    expect(await archives.archive()).toContain('Did 0 shows');
    expect(await archives.restore()).toContain('Did 1 show with 17 rows');
    expect(await contentsOf(archives.client, show)).toEqual(rows);
    expect(await archives.restore()).toMatch(/is skipped: it is restored already\.\nDid 0 shows/);
    expect(await contentsOf(archives.client, show)).toEqual(rows);
    expect(await archives.archive()).toContain('Did 1 show with 17 rows');
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
    [
      'some of its payments have changed within 30 days',
      'update payments.payments set changed_at = now() where show_id = $1',
    ],
    ['some of its payments are not settled', "update booking.bookings set status = 'cancelled' where show_id = $1"],
    [
      'some events of its payments are not handled',
      `insert into payments.payment_events (source, provider, event_id, kind, data)
       select 'event', 'stripe', 'evt_new_' || id, 'paid', json_build_object('payment_id', id) from payments.payments where show_id = $1`,
    ],
  ])('skips a show when %s', async (reason, statement) => {
    const show = await addOldShow(archives.client);
    await archives.client.query(statement, [show]);
    const rows = await contentsOf(archives.client, show);
    expect(await archives.archive()).toContain(`Show ${show} is skipped: ${reason}`);
    expect(await contentsOf(archives.client, show)).toEqual(rows);
    expect(await readdir(archives.folder)).toEqual([]);
  });

  it.each([
    ['its date is corrected', "update catalog.shows set date_time = '2099-01-01T00:00:00Z'", 'it has changed'],
    [
      'a payment changes',
      "update payments.payments set attention = 'refund_failed'",
      'some of its payments are not settled',
    ],
    ['a booking is paid', "update booking.bookings set paid_at = now(), paid_with = 'cash'", 'it has changed'],
    ['it is cancelled', "update catalog.shows set status = 'cancelled'", 'it has changed'],
    [
      'a claim is added',
      `select from booking.bookings for update;
       insert into booking.seat_claims (show_id, seat_number, booking_id) select id, 'Z9', gen_random_uuid() from catalog.shows`,
      'it has changed',
    ],
    [
      'an event is handled that changes nothing',
      `select from payments.payments for key share;
       insert into payments.payment_events (payment_id, source, provider, event_id, kind, handled_at)
       select id, 'event', 'stripe', 'evt_late_' || id, 'seen', now() from payments.payments`,
      'it has changed',
    ],
    [
      'an event comes that is not handled yet',
      `select from payments.payments for key share;
       insert into payments.payment_events (source, provider, event_id, kind, data)
       select 'event', 'stripe', 'evt_late_' || id, 'paid', json_build_object('payment_id', id) from payments.payments`,
      'some events of its payments are not handled',
    ],
  ])('skips a show when %s while it is archived', async (_, statement, reason) => {
    const show = await addOldShow(archives.client);
    const rows = await contentsOf(archives.client, show);
    expect(await archiveDuring(statement)).toContain(`Show ${show} is skipped: ${reason}`);
    expect(await readdir(archives.folder)).toEqual([]);
    const after = await contentsOf(archives.client, show);
    expect(after.flat().length).toBeGreaterThanOrEqual(rows.flat().length);
  });

  it('sees what is committed meanwhile, whatever isolation level is the default', async () => {
    const show = await addOldShow(archives.client);
    const { rows } = await archives.client.query<{ name: string }>('select current_database() as name');
    const setDefault = (level: string) =>
      archives.client.query(`alter database "${rows[0]?.name}" set default_transaction_isolation = '${level}'`);
    await setDefault('repeatable read');
    const adds = `select from payments.payments for key share;
      insert into booking.seat_claims (show_id, seat_number, booking_id) select id, 'Z9', gen_random_uuid() from catalog.shows`;
    const archived = await archiveDuring(adds).finally(() => setDefault('read committed'));
    expect(archived).toContain(`Show ${show} is skipped: it has changed`);
  });

  it('never queues for the lock of a show: it is skipped while a turn lasts', async () => {
    const show = await addOldShow(archives.client);
    await archives.client.query('begin');
    await archives.client.query('select pg_advisory_xact_lock_shared(7230, $1)', [show]);
    expect(await archives.archive()).toContain(`Show ${show} is skipped: somebody is changing it`);
    await archives.client.query('commit');
    expect(await archives.archive()).toContain('Did 1 show');
  });

  it('is refused while another archives', async () => {
    await withArchiveLock(archives.url, () =>
      expect(archives.archive()).rejects.toThrow('Another `pnpm archive` is at work'),
    );
  });

  it('never overwrites a file that has other rows', async () => {
    const show = await addOldShow(archives.client);
    await archives.archive();
    const file = await readFile(archives.fileOf(show));
    await archives.restore();
    await archives.client.query("update booking.bookings set code = 'CHANGED' where show_id = $1", [show]);
    const rows = await contentsOf(archives.client, show);
    expect(await archives.archive()).toMatch(
      /has failed: .* has other rows of the show than the database.*\n.*failed 1\.$/,
    );
    expect(await contentsOf(archives.client, show)).toEqual(rows);
    expect(await readFile(archives.fileOf(show))).toEqual(file);
  });

  it('fails for a show whose file is damaged, keeps its rows, and goes on with the others', async () => {
    const shows = [await addOldShow(archives.client), await addOldShow(archives.client)];
    await writeFile(archives.fileOf(shows[0] as number), 'damaged');
    expect(await archives.archive()).toMatch(
      /line 1: the file is damaged or truncated(.|\n)*Did 1 show with 17 rows.*failed 1/,
    );
    expect((await contentsOf(archives.client, shows[0] as number)).flat()).toHaveLength(17);
  });
});

it('works on partitioned tables, and counts what it does in a sentence', async () => {
  const owner = await openDatabase({ url: archives.url });
  await partitionTables(owner.em.fork(), 4).finally(() => owner.close());
  const shows = [await addOldShow(archives.client), await addOldShow(archives.client)];
  const rows = await Promise.all(shows.map((show) => contentsOf(archives.client, show)));
  expect(await archives.archive()).toBe('Did 2 shows with 34 rows. Skipped 0, failed 0.');
  expect((await contentsOf(archives.client, shows[0] as number)).flat()).toEqual([]);
  expect(await archives.restore()).toBe('Did 2 shows with 34 rows. Skipped 0, failed 0.');
  expect(await Promise.all(shows.map((show) => contentsOf(archives.client, show)))).toEqual(rows);
});

it('creates the folder for its owner alone', async () => {
  const folder = join(archives.folder, 'new', 'folder');
  await addOldShow(archives.client);
  expect(await archives.archive(folder)).toContain('Did 1 show');
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

it('says when the folder cannot be used', async () => {
  const file = join(archives.folder, 'file');
  await writeFile(file, '');
  await expect(archives.archive(file)).rejects.toThrow(/The folder .* cannot be used/);
});
