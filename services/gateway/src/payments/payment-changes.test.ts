import { randomUUID } from 'node:crypto';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { createTestDatabase, execute, type TestDatabase } from '@boxoffice/testing/database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PaymentChanges } from './payment-changes.ts';
import { StoredPayments } from './stored-payments.ts';

let database: TestDatabase;
let orm: MikroORM;
let changes: PaymentChanges;
let stored: StoredPayments;
beforeAll(async () => {
  database = await createTestDatabase();
  orm = await openDatabase({ url: database.url, role: 'boxoffice_gateway' });
  changes = new PaymentChanges(orm);
  stored = new StoredPayments(orm);
});
afterAll(async () => {
  await orm.close();
  await database.drop();
});

const authorized = { status: 'authorized', intent: 'pi_1', amount: 1_000, currency: 'EUR' } as const;
const checkout = { reference: 'cs_late', url: 'https://pay' };

/** Adds a payment, without its checkout. */
async function addPayment(): Promise<string> {
  const added = await changes.add({
    ...{ show_id: 7, booking_id: randomUUID(), user_id: 1, provider: 'stripe', amount: 1_000, currency: 'EUR' },
  });
  return added?.id ?? '';
}

test.each(['failed', 'voided', 'refunded'] as const)('a payment that is %s is due until it rests', async (status) => {
  const id = await addPayment();
  await changes.apply(id, { ...authorized, status });
  const applied = await stored.find(id);
  expect(applied?.next_step_at?.getTime()).toBeLessThan(Date.now() + 60_000);
  if (applied) await changes.rest(applied);
  expect((await stored.find(id))?.next_step_at).toBeNull();
});

test('a checkout that is opened too late is not recorded', async () => {
  const id = await addPayment();
  await execute(database.url, `update payments.payments set created_at = now() - interval '1 day' where id = '${id}'`);
  expect(await changes.giveUp(id, { seconds: 240, unopened: true })).toBe(true);
  await changes.addCheckout(id, checkout);
  const { next_step_at, ...given } = (await stored.find(id)) ?? {};
  expect(given).toMatchObject({ status: 'failed', reference: null, checkout_url: null });
  expect(next_step_at?.getTime()).toBeLessThan(Date.now() + 30_000); // due until it rests
});

test('a checkout is recorded also after the payment has moved on, whose next step stays due when it was', async () => {
  const id = await addPayment();
  await changes.apply(id, authorized);
  await changes.postpone({ id }, { delayMs: 5_000, countsAsTry: true });
  const { next_step_at, tries } = (await stored.find(id)) ?? {};
  expect(tries).toBe(1);
  await changes.addCheckout(id, checkout);
  expect(await stored.find(id)).toMatchObject({ status: 'authorized', reference: 'cs_late', next_step_at, tries });
});

describe('the history of a payment', () => {
  const line = (paymentId: string, outcome: string) =>
    ({ paymentId, provider: 'stripe', source: 'boxoffice', kind: 'find', outcome }) as const;

  test('has one line for an outcome that only repeats', async () => {
    const id = await addPayment();
    for (const outcome of ['retry: 500', 'retry: 500', 'retry: 500', 'retry: 429', 'retry: 500'])
      await changes.addHistory(line(id, outcome));
    await changes.addHistory({ ...line(id, 'retry: 500'), kind: 'capture' });
    expect((await stored.history(id)).map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      ...['find retry: 500', 'find retry: 429', 'find retry: 500', 'capture retry: 500'],
    ]);
  });

  test('has every line of an administrator', async () => {
    const id = await addPayment();
    for (const attention of ['capture_failed', 'refund_failed'])
      await changes.addHistory({ ...line(id, 'Seen to'), source: 'administrator', data: { by: 9, attention } });
    expect(await stored.history(id)).toHaveLength(2);
  });

  test('shows the newest, oldest first', async () => {
    const id = await addPayment();
    await execute(
      database.url,
      `insert into payments.payment_events (payment_id, source, provider, kind, outcome)
       select '${id}', 'boxoffice', 'stripe', 'find', n from generate_series(1, 203) as n`,
    );
    expect((await stored.history(id)).map(({ outcome }) => Number(outcome))).toEqual(
      Array.from({ length: 200 }, (_, n) => n + 4),
    );
  });
});
