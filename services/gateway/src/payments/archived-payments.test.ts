/** Events of payments that are being archived, or have been. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { createTestDatabase, execute, type TestDatabase } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { archiveShows } from '../../../../scripts/archive/archive-shows.ts';
import { withArchiveLock } from '../../../../scripts/archive/database.ts';
import { restoreShows } from '../../../../scripts/archive/restore-shows.ts';
import { addOldShow, contentsOf } from '../../../../scripts/archive/test/old-show.ts';
import { PaymentChanges } from './payment-changes.ts';
import { PaymentEvents } from './payment-events.ts';

let database: TestDatabase;
let client: pg.Client;
let orm: MikroORM;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  orm = await openDatabase({ url: database.url, role: 'boxoffice_gateway', poolSize: 2 });
});
afterAll(async () => {
  await orm.close();
  await database.drop();
});
beforeEach(async () => {
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('truncate catalog.movies, booking.bookings, payments.payments, payments.payment_events cascade');
  folder = await mkdtemp(join(tmpdir(), 'archived-payments-'));
});
afterEach(async () => {
  await client.end();
  await rm(folder, { recursive: true });
});

/** Archives everything. Resolves to what is said about shows that are not archived. */
async function archive(): Promise<string[]> {
  const lines: string[] = [];
  const say = (line: string) => lines.push(line);
  await withArchiveLock(database.url, (own) => archiveShows({ client: own, before: '2026-01-01', folder, say }));
  return lines;
}
const restore = () =>
  withArchiveLock(database.url, (own) => restoreShows({ client: own, path: folder, say: () => {} }));

/** Waits until a session of an application waits for a lock. */
const blocked = (application: string) =>
  eventually(async () => {
    const waiting = `select pid from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and application_name = '${application}'`;
    return (await execute(database.url, waiting)).length === 1;
  });

async function captured(show: number): Promise<string> {
  const { rows } = await client.query("select id from payments.payments where show_id = $1 and status = 'captured'", [
    show,
  ]);
  return rows[0].id;
}
const stored = async (events: PaymentEvents, paymentId: string) =>
  (await events.store('stripe', {
    ...{ id: `evt_${paymentId}_refunded`, kind: 'refunded', paymentId, reference: null, intent: null },
    report: { status: 'refunded' },
  })) as number;
const eventOf = async (id: number) =>
  (await client.query('select payment_id, handled_at, outcome from payments.payment_events where id = $1', [id]))
    .rows[0];

test('an event that is being handled locks its payment', async () => {
  const payment = await captured(await addOldShow(client));
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  /** Stops after the payment was found, with nothing written yet. */
  class Paused extends PaymentChanges {
    override async apply(...parameters: Parameters<PaymentChanges['apply']>) {
      gates[0].resolve();
      await gates[1].promise;
      return super.apply(...parameters);
    }
  }
  const events = new PaymentEvents(orm, new Paused(orm));
  const handling = events.handle(await stored(events, payment));
  await gates[0].promise;
  const lock = 'select from payments.payments where id = $1 for update nowait';
  await expect(client.query(lock, [payment])).rejects.toThrow('could not obtain lock');
  gates[1].resolve();
  expect(await handling).toMatchObject({ paymentId: payment });
  expect((await client.query(lock, [payment])).rowCount).toBe(1);
});

test('no history is added for a payment that is being archived, or that was', async () => {
  const show = await addOldShow(client);
  const payment = await captured(show);
  const changes = new PaymentChanges(orm);
  const line = {
    paymentId: payment,
    provider: 'stripe',
    source: 'boxoffice',
    kind: 'capture',
    outcome: 'late',
  } as const;
  await client.query('begin');
  await client.query('select from booking.bookings where show_id = $1 for update', [show]);
  const archiving = archive();
  await blocked('boxoffice archive');
  const adding = changes.addHistory(line);
  await blocked('boxoffice_gateway');
  await client.query('commit');
  expect(await archiving).toEqual([]);
  await adding;
  await changes.addHistory(line);
  expect((await client.query("select from payments.payment_events where outcome = 'late'")).rowCount).toBe(0);
  await restore();
});

test('an event that comes while its payment is being archived is kept, and handled after a restore', async () => {
  const show = await addOldShow(client);
  const payment = await captured(show);
  const events = new PaymentEvents(orm, new PaymentChanges(orm));
  // Bookings are the last to be deleted.
  await client.query('begin');
  await client.query('select from booking.bookings where show_id = $1 for update', [show]);
  const archiving = archive();
  await blocked('boxoffice archive');
  const id = await stored(events, payment);
  const handling = events.handle(id);
  await blocked('boxoffice_gateway');
  await client.query('commit');
  expect(await archiving).toEqual([]);
  expect(await handling).toBeNull();
  expect(await eventOf(id)).toEqual({ payment_id: null, handled_at: null, outcome: 'unknown payment' });
  expect((await contentsOf(client, show)).flat()).toEqual([]);
  await restore();
  expect(await events.handle(id)).toMatchObject({ paymentId: payment });
  expect(await eventOf(id)).toMatchObject({ payment_id: payment, outcome: 'refunded' });
});
