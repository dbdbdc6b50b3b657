/** A payment from the hold to the money, with a provider that keeps to the rules. */
import { eventually } from '@boxoffice/testing/eventually';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditMoney } from '../../../../scripts/audit-money/audit-money.ts';
import { type PaidShows, patiently, startPaidShows } from '../../test/paid-shows.ts';

let shows: PaidShows;
let show: number;
beforeAll(async () => {
  shows = await startPaidShows({ gateways: 2 });
  show = await shows.addShow();
});
afterAll(() => shows.stop());

let seats = 0;
const nextSeat = () => `${'ABCDEFGHIJ'[Math.floor(seats / 10)]}${(seats++ % 10) + 1}`;
const begin = (user = 1) => shows.begin(show, [nextSeat()], user);
const deliver = (event: object) => shows.deliver(event);
const eventsOf = (id: string) =>
  shows.boxoffice.rows<Record<string, unknown>>(
    'select * from payments.payment_events where payment_id = ? order by id',
    [id],
  );

describe('a buyer who pays', () => {
  test('is booked, and charged once, when the event comes before the return', async () => {
    const { booking, payment, session } = await begin();
    for (const event of shows.stripe.book.pay(session)) expect((await deliver(event)).status).toBe(200);
    await shows.reaches(payment, 'captured');
    expect(await shows.payment(payment)).toMatchObject({ status: 'captured', amount: 1_000, checkout_url: null });
    const { body } = await shows.boxoffice.call(`/api/bookings/${booking}/`, { user: 1 });
    expect(body).toMatchObject({ status: 'booked', paid_at: expect.any(String) });
    expect(shows.stripe.book.intentOf(session)).toMatchObject({
      status: 'succeeded',
      captures: 1,
      amount_received: 1_000,
    });
    const resting = { next_step_at: null, attention: null, settlement: 'capture' };
    await eventually(async () => expect(await shows.row(payment)).toMatchObject(resting));
  });

  test('is booked when the return comes before the event, which then changes nothing', async () => {
    const { booking, payment, session } = await begin();
    const events = shows.stripe.book.pay(session);
    await eventually(async () => expect((await shows.payment(payment)).status).toBe('captured'), { timeoutMs: 20_000 });
    for (const event of [...events, shows.stripe.book.event('payment_intent.succeeded', session)]) await deliver(event);
    await eventually(async () => {
      const outcomes = (await eventsOf(payment)).filter((row) => row.source === 'event').map((row) => row.outcome);
      expect(outcomes).toEqual(['known already', 'looked up', 'known already']);
      return true;
    });
    expect(await shows.bookingStatus(booking)).toBe('booked');
    expect(shows.stripe.book.intentOf(session).captures).toBe(1);
  });

  test('is booked by reconciliation when neither comes', async () => {
    const { booking, payment, session } = await begin();
    shows.stripe.book.pay(session);
    await shows.remind(payment);
    await shows.reaches(payment, 'captured');
    expect(await shows.bookingStatus(booking)).toBe('booked');
  });

  test('is charged once when the event is sent many times at once, to two gateways that also look for it', async () => {
    const { payment, session } = await begin();
    const [event] = shows.stripe.book.pay(session);
    const urls = shows.boxoffice.gateways.map(({ url }) => url);
    const send = (n: number) => patiently(() => shows.stripe.deliver(urls[n % 2] ?? '', event ?? {}));
    const sent = Array.from({ length: 10 }, (_, n) => send(n));
    await shows.remind(payment);
    const answers = await Promise.all(sent);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    await shows.reaches(payment, 'captured');
    const stored = (await eventsOf(payment)).filter((row) => row.source === 'event');
    expect(stored).toMatchObject([{ handled_at: expect.anything() }]);
    expect(shows.stripe.book.intentOf(session).captures).toBe(1);
  });

  test('is not charged after the hold has ended and somebody else has the seats', async () => {
    const { booking, payment, session } = await begin();
    await shows.endHold(booking);
    const { seats: [seat = ''] = [] } = (await shows.boxoffice.call(`/api/bookings/${booking}/`, { user: 1 })).body as {
      seats?: string[];
    };
    await shows.begin(show, [seat], 2);
    const [event] = shows.stripe.book.pay(session);
    await deliver(event ?? {});
    await shows.reaches(payment, 'voided');
    expect(shows.stripe.book.intentOf(session)).toMatchObject({ status: 'canceled', captures: 0 });
    expect(await shows.bookingStatus(booking)).toBe('expired');
  });

  test('is booked after the hold has ended while the seats are free', async () => {
    const { booking, payment, session } = await begin();
    await shows.endHold(booking);
    const [event] = shows.stripe.book.pay(session);
    await deliver(event ?? {});
    await shows.reaches(payment, 'captured');
    expect(await shows.bookingStatus(booking)).toBe('booked');
  });

  test('is charged once when two checkouts are paid: the second payment is voided', async () => {
    const { booking, payment, session } = await begin();
    await deliver(shows.stripe.book.expire(session));
    await shows.reaches(payment, 'failed');
    const { body } = await patiently(() => shows.pay(booking));
    const other = await eventually(() => shows.stripe.book.sessionOf(body.id).id);
    await deliver(shows.stripe.book.pay(other)[0] ?? {});
    await shows.reaches(body.id, 'captured');
    await deliver(shows.stripe.book.pay(session)[0] ?? {});
    await shows.reaches(payment, 'voided');
    expect([session, other].map((id) => shows.stripe.book.intentOf(id).captures)).toEqual([0, 1]);
    expect(await shows.bookingStatus(booking)).toBe('booked');
  });

  test.each([
    ['another amount', { amount: 1 }],
    ['another currency', { currency: 'jpy' }],
  ])('is not charged, and somebody is alarmed, when the provider reports %s', async (_, changed) => {
    const { booking, payment, session } = await begin();
    const [event] = shows.stripe.book.pay(session, changed);
    await deliver(event ?? {});
    await shows.reaches(payment, 'voided');
    expect(await shows.row(payment)).toMatchObject({ attention: 'amount_mismatch' });
    expect(await shows.bookingStatus(booking)).toBe('held');
    const metrics = shows.boxoffice.gateways.map((gateway) => shows.boxoffice.metrics({ gateway }));
    expect((await Promise.all(metrics)).join('\n')).toMatch(/payment_alarms_total\{reason="amount_mismatch"\} \d/);
  });

  test('is refunded, and somebody is alarmed, when the money was taken without us and in another amount', async () => {
    const { booking, payment, session } = await begin();
    shows.stripe.book.pay(session, { amount: 700 });
    shows.stripe.book.takeByHand(session);
    expect((await deliver(shows.stripe.book.event('payment_intent.succeeded', session))).status).toBe(200);
    await shows.reaches(payment, 'refunded');
    expect(await shows.row(payment)).toMatchObject({ attention: 'amount_mismatch' });
    expect(shows.stripe.book.intentOf(session)).toMatchObject({ captures: 1, refunds: 1 });
    expect(await shows.bookingStatus(booking)).toBe('held');
  });
});

describe('amounts', () => {
  test.each([
    ['JPY', 1_050, 2_100],
    ['KWD', 1_050, 2_100],
    ['ISK', 1_050, 210_000],
  ])('in %s are agreed, captured and refunded as Stripe counts them', async (currency, price, atStripe) => {
    const other = await shows.addShow({ price, currency });
    const { booking, payment, session } = await shows.begin(other, ['A1', 'A2']);
    expect(await shows.payment(payment)).toMatchObject({ amount: 2 * price, currency });
    expect(shows.stripe.book.sessions.get(session)?.order).toMatchObject({
      ...{ amount: atStripe, currency: currency.toLowerCase() },
    });
    await deliver(shows.stripe.book.pay(session)[0] ?? {});
    await shows.reaches(payment, 'captured');
    expect(await shows.row(payment)).toMatchObject({ attention: null, authorized_amount: String(2 * price) });
    expect((await patiently(() => shows.boxoffice.cancel(booking))).status).toBe(200);
    await shows.reaches(payment, 'refunded');
    const { currencies, violations } = await auditMoney(shows.boxoffice.orm.em.fork());
    expect(violations).toEqual([]);
    expect(currencies).toContainEqual({
      ...{ currency, captured: 2 * price, refunded: 2 * price, booked: 0, to_capture: 0, to_refund: 0 },
    });
  });
});

describe('a cancelled booking', () => {
  test('is refunded, once and whole', async () => {
    const { booking, payment, session } = await begin();
    const [event] = shows.stripe.book.pay(session);
    await deliver(event ?? {});
    await shows.reaches(payment, 'captured');
    expect((await patiently(() => shows.boxoffice.cancel(booking))).status).toBe(200);
    expect((await patiently(() => shows.boxoffice.cancel(booking))).status).toBe(200);
    await shows.reaches(payment, 'refunded');
    await shows.remind(payment);
    await eventually(async () => expect((await shows.row(payment))?.next_step_at).toBeNull());
    expect(shows.stripe.book.intentOf(session)).toMatchObject({ captures: 1, refunds: 1 });
  });

  test('of a hold that is being paid for is not charged', async () => {
    const { booking, payment, session } = await begin();
    expect((await patiently(() => shows.boxoffice.cancel(booking))).status).toBe(200);
    const [event] = shows.stripe.book.pay(session);
    await deliver(event ?? {});
    await shows.reaches(payment, 'voided');
    expect(shows.stripe.book.intentOf(session).captures).toBe(0);
  });
});

describe('payments of a booking', () => {
  test('are one while it is open, and another after it has failed', async () => {
    const { booking, payment, session } = await begin();
    const again = await Promise.all([patiently(() => shows.pay(booking)), patiently(() => shows.pay(booking))]);
    expect(again.map(({ status, body }) => [status, body.id])).toEqual([
      [201, payment],
      [201, payment],
    ]);
    await deliver(shows.stripe.book.expire(session));
    await shows.reaches(payment, 'failed');
    const next = await patiently(() => shows.pay(booking));
    expect(next.status).toBe(201);
    expect(next.body.id).not.toBe(payment);
  });

  test('of others cannot be told from those that do not exist', async () => {
    const { booking, payment } = await begin();
    expectProblem(await shows.boxoffice.call(`/api/payments/${payment}/`, { user: 2 }), 'payment_not_found');
    expectProblem(await shows.boxoffice.call(`/api/payments/${booking}/`, { user: 1 }), 'payment_not_found');
    expectProblem(
      await shows.boxoffice.call(`/api/bookings/${booking}/payments/`, { method: 'POST', user: 2 }),
      'booking_not_found',
    );
    expectProblem(
      await shows.boxoffice.call(`/api/payments/${payment}/`, { user: 2, role: 'admin' }),
      'payment_not_found',
    );
  });
});
