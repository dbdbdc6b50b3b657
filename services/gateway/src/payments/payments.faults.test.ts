/** Payments while the provider, Redis and the gateway fail. */
import { randomUUID } from 'node:crypto';
import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { partitionOf } from '@boxoffice/shared/partition';
import { eventually } from '@boxoffice/testing/eventually';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { auditMoney } from '../../../../scripts/audit-money/audit-money.ts';
import { type PaidShows, patiently, startPaidShows } from '../../test/paid-shows.ts';

let shows: PaidShows;
beforeAll(async () => {
  shows = await startPaidShows({ env: { PAYMENT_CALLS_PER_SECOND: '200' } });
});
afterAll(() => shows.stop());
afterEach(() => shows.stripe.heal());

const capture = /\/capture$/;
const refunds = /\/v1\/refunds/;
async function paid(show: number, seats: string[], user = 1) {
  const begun = await shows.begin(show, seats, user);
  await shows.deliver(shows.stripe.book.pay(begun.session)[0]);
  return begun;
}

test('a capture whose answer is lost is made again under the same key, and the money taken once', async () => {
  const show = await shows.addShow();
  shows.stripe.fail(capture, 'drop', { times: 2 });
  const { payment, session, booking } = await paid(show, ['A1']);
  await shows.reaches(payment, 'captured', 30_000);
  const calls = shows.stripe.callsOf(capture);
  expect(new Set(calls.map(({ key }) => key)).size).toBe(1);
  expect(calls.filter(({ replayed }) => replayed).length).toBeGreaterThan(0);
  expect(shows.stripe.book.intentOf(session).captures).toBe(1);
  expect(await shows.bookingStatus(booking)).toBe('booked');
});

test('a capture that was carried out, but is answered 500 for ever, is found out by asking', async () => {
  const show = await shows.addShow();
  shows.stripe.fail(capture, 'broken');
  const { payment, session } = await paid(show, ['A1']);
  await shows.reaches(payment, 'captured', 30_000);
  expect(shows.stripe.book.intentOf(session).captures).toBe(1);
});

test('a capture that is refused for our mistake needs attention, and no more once the mistake is corrected', async () => {
  const show = await shows.addShow();
  shows.stripe.fail(capture, 401, { times: 100 });
  const { payment } = await paid(show, ['A1']);
  await eventually(async () => expect(await shows.row(payment)).toMatchObject({ attention: 'capture_failed' }), {
    timeoutMs: 20_000,
  });
  shows.stripe.heal();
  await eventually(
    async () => {
      await shows.remind(payment);
      expect(await shows.row(payment)).toMatchObject({ status: 'captured', attention: null });
      return true;
    },
    { timeoutMs: 20_000, intervalMs: 1_000 },
  );
});

test('a refund that was refused for lack of balance is made under another key once there is some, and once', async () => {
  const show = await shows.addShow();
  const { payment, session, booking } = await paid(show, ['A1']);
  await shows.reaches(payment, 'captured');
  shows.stripe.book.hasBalance = false;
  const before = shows.stripe.callsOf(refunds).length;
  expect((await patiently(() => shows.boxoffice.cancel(booking))).status).toBe(200);
  await shows.isPutOff(payment, 'refund_declined');
  shows.stripe.book.hasBalance = true;
  await shows.remind(payment);
  await shows.reaches(payment, 'refunded');
  expect(shows.stripe.book.intentOf(session)).toMatchObject({ captures: 1, refunds: 1 });
  const calls = shows.stripe.callsOf(refunds).slice(before);
  const key = `boxoffice-${payment}-refund`;
  expect(calls).toMatchObject([
    { key, replayed: false },
    { key, replayed: true },
    { key: `${key}-2`, replayed: false },
  ]);
});

test.each([429, 500])('a capture that is answered %i is made again', async (status) => {
  const show = await shows.addShow();
  shows.stripe.fail(capture, status, { times: 2 });
  const { payment } = await paid(show, ['A1']);
  await shows.reaches(payment, 'captured', 30_000);
});

test('a cancellation while the capture is under way ends in a refund, never in a void as well', async () => {
  const show = await shows.addShow();
  shows.stripe.fail(capture, 'hang');
  const before = shows.stripe.callsOf(capture).length;
  const { payment, session, booking } = await paid(show, ['A1']);
  await eventually(() => expect(shows.stripe.callsOf(capture).length).toBeGreaterThan(before), { timeoutMs: 20_000 });
  expect((await patiently(() => shows.boxoffice.cancel(booking))).status).toBe(200);
  await shows.reaches(payment, 'refunded', 30_000);
  expect(shows.stripe.book.intentOf(session)).toMatchObject({ captures: 1, refunds: 1, status: 'succeeded' });
  expect(shows.stripe.callsOf(/\/cancel$/).length).toBe(0);
});

test('captures and refunds come back when Redis is emptied while they are queued', async () => {
  const show = await shows.addShow();
  const first = await paid(show, ['A1']);
  await shows.reaches(first.payment, 'captured');
  const redis = new Redis(shows.boxoffice.redisUrl);
  const queue = new Queue('{payments}', { connection: redis });
  await queue.pause();
  // Whoever looks at the payment meanwhile would capture it without the queue.
  shows.stripe.fail(capture, 500, { times: 1_000 });
  const second = await paid(show, ['A2']);
  await patiently(() => shows.boxoffice.cancel(first.booking));
  const queued = async () => (await queue.getJobs(['waiting'])).map(({ name }) => name).sort();
  const names = [`capture · booking ${second.booking}`, `refund · booking ${first.booking}`];
  await eventually(async () => expect(await queued()).toEqual(names), { timeoutMs: 20_000 });
  await redis.flushdb();
  expect((await shows.row(second.payment))?.status).toBe('authorized');
  shows.stripe.heal();
  await queue.close();
  redis.disconnect();
  await shows.reaches(second.payment, 'captured', 40_000);
  await shows.reaches(first.payment, 'refunded', 40_000);
});

/** Adds bookings that were paid and captured, as if long ago. */
async function addPaid(show: number, count: number): Promise<string[]> {
  const envelopeIds = Array.from({ length: Math.ceil(count / 100) }, () => newEnvelopeId(partitionOf(show, 4)));
  const sold = Array.from({ length: count }, (_, n) => {
    const payment = randomUUID();
    const booking = requestId(envelopeIds[Math.floor(n / 100)] ?? '', show, n % 100);
    return { show, booking, payment, seat: `${n}`, ...shows.stripe.book.addCaptured(payment, 1_000, 'eur') };
  });
  const table = `json_to_recordset(?::json) as sold (show int, booking uuid, payment uuid, seat text, session text, intent text)`;
  const add = (sql: string) => shows.boxoffice.rows(`${sql} from ${table} returning 1`, [JSON.stringify(sold)]);
  await add(`insert into booking.bookings (show_id, id, user_id, seats, status, created_at, total, currency, payment_id)
    select show, booking, 1, array[seat], 'booked', now(), 1000, 'EUR', payment`);
  await add(
    'insert into booking.seat_claims (show_id, seat_number, booking_id, user_id) select show, seat, booking, 1',
  );
  await add(`insert into booking.payment_verdicts (show_id, payment_id, booking_id, accepted, decided_at)
    select show, payment, booking, true, now()`);
  await add(`insert into payments.payments (id, show_id, booking_id, user_id, provider, reference, intent, amount, currency,
    status, settlement, authorized_at, captured_at)
    select payment, show, booking, 1, 'stripe', session, intent, 1000, 'EUR', 'captured', 'capture', now(), now()`);
  return sold.map(({ session }) => session);
}

test('the 100 paid bookings of a cancelled show are refunded, each once, while every third call fails', {
  timeout: 300_000,
}, async () => {
  const show = await shows.addShow({ totalSeats: 100 });
  const sessions = await addPaid(show, 100);
  shows.stripe.fail(refunds, 500, { times: 1_000, every: 3 });
  const cancel = { method: 'POST', user: 9, role: 'admin' as const, body: { reason: 'The projector failed' } };
  const cancelled = await patiently(() => shows.boxoffice.call(`/api/admin/shows/${show}/cancel/`, cancel));
  expect(cancelled.status).toBe(200);
  await eventually(
    async () => {
      const left = 'select status, count(*)::int as count from payments.payments where show_id = ? group by status';
      expect(await shows.boxoffice.rows(left, [show])).toEqual([{ status: 'refunded', count: 100 }]);
      return true;
    },
    { timeoutMs: 240_000, intervalMs: 500 },
  );
  expect(sessions.map((session) => shows.stripe.book.intentOf(session).refunds)).toEqual(Array(100).fill(1));
  const { violations } = await auditMoney(shows.boxoffice.orm.em.fork());
  expect(violations).toEqual([]);
});

test('a refund whose worker is killed between the commit and the relay is relayed by the next worker', {
  timeout: 120_000,
}, async () => {
  const show = await shows.addShow();
  const { payment, session, booking } = await paid(show, ['A1']);
  await shows.reaches(payment, 'captured');
  const [worker] = shows.boxoffice.workers;
  const rows = () =>
    shows.boxoffice.rows<{ id: string; kind: string }>('select id, kind from booking.outbox where show_id = ?', [show]);
  // The event may have brought the capture about before its job was relayed.
  await eventually(async () => (await rows()).length === 0);
  // The turn inserts only, so it still commits; the relay reads.
  await shows.boxoffice.rows('revoke select on booking.outbox from boxoffice_worker');
  expect((await patiently(() => shows.boxoffice.cancel(booking))).status).toBe(200);
  const [row] = await rows();
  expect(row).toMatchObject({ kind: 'refund' });
  await eventually(() => expect(worker?.logs.join('')).toContain('the outbox cannot be relayed yet'));
  worker?.kill('SIGKILL');
  await worker?.exited;
  const redis = new Redis(shows.boxoffice.redisUrl);
  const queue = new Queue('{payments}', { connection: redis });
  expect([await rows(), await queue.getJob(row?.id ?? '')]).toEqual([[row], undefined]);
  await shows.boxoffice.rows('grant select on booking.outbox to boxoffice_worker');
  await shows.boxoffice.addWorker();
  await eventually(async () => expect(await rows()).toEqual([]), { timeoutMs: 60_000 });
  await eventually(async () => expect(await (await queue.getJob(row?.id ?? ''))?.getState()).toBe('completed'), {
    timeoutMs: 20_000,
  });
  await shows.reaches(payment, 'refunded', 60_000);
  expect(shows.stripe.book.intentOf(session)).toMatchObject({ captures: 1, refunds: 1 });
  await queue.close();
  redis.disconnect();
});

test('a gateway that dies between the call to the provider and its record takes the money once', {
  timeout: 180_000,
}, async () => {
  const show = await shows.addShow();
  shows.stripe.fail(capture, 'hang');
  const before = shows.stripe.callsOf(capture).length;
  const { payment, session } = await paid(show, ['A1']);
  await eventually(() => expect(shows.stripe.callsOf(capture).length).toBeGreaterThan(before), { timeoutMs: 20_000 });
  const [gateway] = shows.boxoffice.gateways;
  gateway?.kill('SIGKILL');
  await gateway?.exited;
  expect(shows.stripe.book.intentOf(session)).toMatchObject({ status: 'succeeded', captures: 1 });
  expect(await shows.row(payment)).toMatchObject({ status: 'authorized', settlement: 'capture' });
  await shows.boxoffice.addGateway();
  await shows.reaches(payment, 'captured', 60_000);
  expect(shows.stripe.book.intentOf(session).captures).toBe(1);
});
