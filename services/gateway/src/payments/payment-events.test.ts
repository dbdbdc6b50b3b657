import { randomUUID } from 'node:crypto';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { createTestDatabase, execute, type TestDatabase } from '@boxoffice/testing/database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PaymentChanges } from './payment-changes.ts';
import { PaymentCorrections } from './payment-corrections.ts';
import { PaymentEvents } from './payment-events.ts';
import type { PaymentReport, ProviderEvent } from './providers/provider.ts';
import { StoredPayments } from './stored-payments.ts';

let database: TestDatabase;
let orm: MikroORM;
let changes: PaymentChanges;
let events: PaymentEvents;
let stored: StoredPayments;
beforeAll(async () => {
  database = await createTestDatabase();
  orm = await openDatabase({ url: database.url, role: 'boxoffice_gateway' });
  changes = new PaymentChanges(orm);
  events = new PaymentEvents(orm, changes);
  stored = new StoredPayments(orm);
});
afterAll(async () => {
  await orm.close();
  await database.drop();
});

const newPayment = () => ({
  ...{ show_id: 7, booking_id: randomUUID(), user_id: 1, provider: 'stripe', amount: 1_000, currency: 'EUR' },
});

async function addPayment(): Promise<{ id: string; reference: string }> {
  const added = await changes.add(newPayment());
  const id = added?.id ?? '';
  const reference = `cs_${id}`;
  await changes.addCheckout(id, { reference, url: 'https://pay' });
  return { id, reference };
}
const event = (report: PaymentReport | null, fields: Partial<ProviderEvent> = {}): ProviderEvent => ({
  ...{ id: `evt_${randomUUID()}`, kind: 'changed', paymentId: null, reference: null, intent: null, report },
  ...fields,
});
const authorized: PaymentReport = { status: 'authorized', intent: 'pi_1', amount: 1_000, currency: 'EUR' };
const statusOf = async (id: string) => (await stored.find(id))?.status;
const handle = async (one: ProviderEvent) => {
  const id = await events.store('stripe', one);
  return id === null ? null : events.handle(id);
};

test('a refund that has failed needs attention whatever else does, until a person has resolved it', async () => {
  const { id, reference } = await addPayment();
  await changes.setAttention(id, 'amount_mismatch');
  const failed = () => event(null, { reference, attention: 'refund_failed' });
  expect(await handle(failed())).toMatchObject({ paymentId: id, attention: 'refund_failed' });
  expect(await handle(failed())).toEqual({ paymentId: id, mustAsk: true });
  for (const reason of [null, 'amount_mismatch', 'booked_without_money'])
    expect(await changes.setAttention(id, reason)).toBe(false);
  expect((await stored.find(id))?.attention).toBe('refund_failed');
  expect((await stored.history(id)).map(({ outcome }) => outcome)).toEqual(['refund_failed', 'refund_failed']);
});

test('an event is stored once, and handled once, however many handle it', async () => {
  const { id, reference } = await addPayment();
  const one = event(authorized, { reference });
  const ids = await Promise.all([events.store('stripe', one), events.store('stripe', one)]);
  expect(ids.filter((stored) => stored !== null)).toHaveLength(1);
  const eventId = Math.max(...ids.map(Number));
  const handled = await Promise.all([events.handle(eventId), events.handle(eventId), events.handle(eventId)]);
  expect(handled.filter((one) => one !== null)).toEqual([{ paymentId: id, mustAsk: false }]);
  expect(await stored.find(id)).toMatchObject({ status: 'authorized', intent: 'pi_1', authorized_amount: 1_000 });
  expect(await stored.history(id)).toMatchObject([{ source: 'event', kind: 'changed', outcome: 'authorized' }]);
});

test('events that come in the wrong order, or late, take no state back', async () => {
  const { id, reference } = await addPayment();
  for (const status of ['captured', 'authorized', 'failed', 'refunded', 'captured', 'voided'] as const)
    await handle(event({ ...authorized, status }, { reference }));
  expect(await statusOf(id)).toBe('refunded');
  expect((await stored.history(id)).map(({ outcome }) => outcome)).toEqual([
    ...['captured', 'known already', 'known already', 'refunded', 'known already', 'known already'],
  ]);
});

test('an event finds its payment by our id, by the checkout or by the money', async () => {
  const { id, reference } = await addPayment();
  const intent = `pi_${id}`;
  expect(await handle(event(null, { paymentId: id }))).toEqual({ paymentId: id, mustAsk: true });
  expect(await handle(event({ ...authorized, intent }, { reference }))).toMatchObject({ paymentId: id });
  expect(await handle(event({ ...authorized, status: 'captured', intent }, { intent }))).toMatchObject({
    paymentId: id,
  });
  expect(await statusOf(id)).toBe('captured');
});

test('an event about an unknown payment waits for it; one about none of ours does not', async () => {
  const intent = `pi_${randomUUID()}`;
  const early = await events.store('stripe', event({ ...authorized, intent }, { intent }));
  expect(await events.handle(early ?? 0)).toBeNull();
  const { id, reference } = await addPayment();
  await changes.apply(id, { ...authorized, reference, intent });
  expect(await events.handle(early ?? 0)).toEqual({ paymentId: id, mustAsk: false });
  const foreign = await events.store('stripe', event(null));
  expect(await events.handle(foreign ?? 0)).toBeNull();
  const rows = await orm.em
    .getConnection()
    .execute('select handled_at from payments.payment_events where id = ?', [foreign]);
  expect(rows).toEqual([{ handled_at: expect.anything() }]);
});

test('an event that cannot be handled waits longer each time, and keeps no others waiting', async () => {
  const { id, reference } = await addPayment();
  const broken = Object.assign(Object.create(changes), {
    apply: () => Promise.reject(new Error('a field is missing')),
  });
  const eventId = (await events.store('stripe', event(authorized, { reference }))) ?? 0;
  const read = () =>
    execute<{ tries: number; seconds: number }>(
      database.url,
      `select tries, extract(epoch from next_try_at - received_at)::float as seconds from payments.payment_events where id = ${eventId}`,
    );
  for (const tries of [1, 2, 3]) {
    await expect(new PaymentEvents(orm, broken).handle(eventId)).rejects.toThrow('a field is missing');
    const [row] = await read();
    expect(row?.tries).toBe(tries);
    expect(row?.seconds).toBeGreaterThan(2 ** (tries - 1) * 0.75);
  }
  expect(await events.handle(eventId)).toEqual({ paymentId: id, mustAsk: false });
});

test.each(['-'.repeat(36), 'a'.repeat(36), '0-'.repeat(18)])(
  'an event that names %s, which is no id of ours, waits',
  async (paymentId) => {
    expect(await handle(event(authorized, { paymentId }))).toBeNull();
  },
);

test('a choice between capturing and voiding is made once', async () => {
  const { id } = await addPayment();
  const choices = await Promise.all([
    changes.choose(id, 'capture'),
    changes.choose(id, 'void'),
    changes.choose(id, 'capture'),
  ]);
  expect(new Set(choices).size).toBe(1);
});

test('a booking has one pending payment', async () => {
  const fields = newPayment();
  const added = await Promise.all([changes.add(fields), changes.add(fields), changes.add(fields)]);
  expect(added.filter((payment) => payment !== null)).toHaveLength(1);
});

test('a payment rests only if nothing has happened to it since it was read', async () => {
  const { id, reference } = await addPayment();
  await changes.apply(id, { status: 'failed', reference });
  const read = await stored.find(id);
  await changes.apply(id, { ...authorized, reference });
  if (read) await changes.rest(read);
  expect((await stored.find(id))?.next_step_at).not.toBeNull();
  await changes.apply(id, { ...authorized, status: 'captured', reference });
  const taken = await stored.find(id);
  await new PaymentCorrections(orm).requestRefund(id, { actorId: 9, requestId: 'r', reason: 'The projector failed' });
  if (taken) await changes.rest(taken);
  expect((await stored.find(id))?.next_step_at).not.toBeNull();
});

test('a payment is given up by its age, and while a checkout is open only after longer', async () => {
  const { id } = await addPayment();
  const age = (interval: string) =>
    execute(
      database.url,
      `update payments.payments set created_at = now() - interval '${interval}' where id = '${id}'`,
    );
  const giveUp = (unopened: boolean) => changes.giveUp(id, { seconds: 240, unopened });
  await age('239 seconds');
  expect(await giveUp(false)).toBe(false);
  await age('241 seconds');
  expect(await giveUp(true)).toBe(false); // it has a checkout, perhaps opened by another process just now
  expect(await statusOf(id)).toBe('pending');
  expect(await giveUp(false)).toBe(true);
  expect(await statusOf(id)).toBe('failed');
});

test('an event that names only the intent finds a payment whose checkout is not recorded', async () => {
  const { id = '' } = (await changes.add(newPayment())) ?? {};
  const intent = `pi_${id}`;
  await changes.apply(id, { ...authorized, status: 'captured', intent });
  const failed = event(null, { intent, attention: 'refund_failed' });
  expect(await handle(failed)).toMatchObject({ paymentId: id, attention: 'refund_failed' });
});
