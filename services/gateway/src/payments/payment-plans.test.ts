/** How PostgreSQL runs the statements about payments when there are many. */
import { randomUUID } from 'node:crypto';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { createTestDatabase, execute, type TestDatabase } from '@boxoffice/testing/database';
import { collectStatements, explainEverything, type RunStatement } from '@boxoffice/testing/plans';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CancelledPass, PaymentChanges } from './payment-changes.ts';
import { PaymentEvents } from './payment-events.ts';
import { StoredPayments } from './stored-payments.ts';

const statements: RunStatement[] = [];
let database: TestDatabase;
let orm: MikroORM;
let changes: PaymentChanges;

/** Payments, one a minute, of 1,000 shows and 1,000 users: two thirds captured, the others failed. */
const count = 30_000;
/** The bookings of so many of them were cancelled, all of one show at the same time. */
const cancelled = 1_500;

beforeAll(async () => {
  database = await createTestDatabase();
  const uuid = "('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid";
  const at = "now() - n * interval '1 minute'";
  await execute(
    database.url,
    `insert into payments.payments (id, show_id, booking_id, user_id, provider, reference, intent, amount, currency, status,
       created_at, authorized_at, captured_at, ended_at)
     select ${uuid}, n % 1000, ${uuid}, n % 1000, 'stripe', 'cs_' || n, 'pi_' || n, 1000, 'EUR',
       case n % 3 when 0 then 'failed' else 'captured' end, ${at}, case when n % 3 > 0 then ${at} end,
       case when n % 3 > 0 then ${at} end, case n % 3 when 0 then ${at} end
     from generate_series(1, ${count}) as n`,
  );
  await execute(
    database.url,
    `insert into booking.bookings (show_id, id, user_id, seats, status, created_at, cancelled_at, total, currency, payment_id)
     select 1, ${uuid}, 1, array['A' || n], case when n <= ${cancelled} then 'cancelled' else 'booked' end,
       ${at}, case when n <= ${cancelled} then now() - interval '3 days' - n / 1000 * interval '1 minute' end, 1000, 'EUR', ${uuid}
     from generate_series(1, ${count}) as n`,
  );
  for (const table of ['payments.payments', 'booking.bookings']) await execute(database.url, `vacuum analyze ${table}`);
  await explainEverything(database.url);
  orm = await openDatabase({ url: database.url, role: 'boxoffice_gateway' });
  await collectStatements(orm, statements);
  changes = new PaymentChanges(orm);
});
afterAll(async () => {
  await orm.close();
  await database.drop();
});

const totals = () => ({
  wholes: statements.flatMap(({ readWhole }) => readWhole),
  rows: statements.reduce((sum, { rows }) => sum + rows, 0),
});
async function explained<Result>(run: () => Promise<Result>): Promise<Result> {
  statements.length = 0;
  const result = await run();
  expect(statements.length).toBeGreaterThan(0);
  return result;
}

test('the money of cancelled bookings is found in batches, which read only their bookings', async () => {
  const pass: CancelledPass = { withinSeconds: 1_000_000_000, after: null };
  const batches: number[] = [];
  const due = async () =>
    (await execute<{ id: string }>(database.url, 'select id from payments.payments where next_step_at <= now()'))
      .length;
  do {
    pass.after = await explained(() => changes.remindOfCancelled(pass, 400));
    expect(totals().wholes).toEqual([]);
    expect(totals().rows).toBeLessThanOrEqual(800);
    batches.push(await due());
  } while (pass.after);
  // Of each three, one has failed, and has no money.
  expect(batches.at(-1)).toBe(1_000);
  expect(batches.length).toBe(5);
  expect(await changes.remindOfCancelled({ withinSeconds: 3_600, after: null }, 400)).toBeNull();
});

test.each([
  ['our id', { paymentId: '00000000-0000-4000-8000-000000000007' }, true],
  ['the checkout', { reference: 'cs_7' }, true],
  ['the money', { intent: 'pi_7' }, true],
  ['nothing that we know', { paymentId: randomUUID(), reference: 'cs_0', intent: 'pi_0' }, false],
])('the payment of an event that names %s is looked up by keys', async (_, fields, isKnown) => {
  const events = new PaymentEvents(orm, changes);
  const names = { paymentId: null, reference: null, intent: null, ...fields };
  const id = await events.store('stripe', { id: randomUUID(), kind: 'changed', report: null, ...names });
  expect((await explained(() => events.handle(id ?? 0)))?.paymentId.endsWith('7') ?? false).toBe(isKnown);
  const lookUps = statements.filter(({ sql }) => /payments\.payments\b/.test(sql));
  expect(lookUps.length).toBe(1);
  // It is found, and then locked.
  expect([lookUps[0]?.readWhole, lookUps[0]?.rows]).toEqual([[], isKnown ? 2 : 0]);
});

test.each([{ user_id: 7 }, { show_id: 7 }])(
  'the payments of one user or show are listed from an index: %j',
  async (filter) => {
    const found = await explained(() => new StoredPayments(orm).list({ page: 1, page_size: 20, ...filter }));
    expect([found.count, found.results.length]).toEqual([30, 20]);
    expect(totals().wholes).toEqual([]);
    expect(totals().rows).toBeLessThanOrEqual(30 + 20);
  },
);

test('the sums of a day read only its payments', async () => {
  const hours = 60 * 60_000;
  const sums = await explained(() =>
    new StoredPayments(orm).sums(new Date(Date.now() - 24 * hours), new Date(Date.now() + hours)),
  );
  expect(new Set(sums.map(({ state }) => state))).toEqual(new Set(['authorized', 'captured', 'failed']));
  expect(totals().wholes).toEqual([]);
  expect(totals().rows).toBeLessThanOrEqual(2 * 24 * 60);
});
