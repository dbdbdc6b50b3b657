/** A payment from the hold to the money, with a provider that keeps to the rules. */
import { eventually } from '@boxoffice/testing/eventually';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PaidShows, startPaidShows } from '../../test/paid-shows.ts';

let shows: PaidShows;
let show: number;
beforeAll(async () => {
  shows = await startPaidShows({ env: { LOG_LEVEL: 'trace' } });
  show = await shows.addShow();
});
afterAll(() => shows.stop());

let seats = 0;
const nextSeat = () => `${'ABCDEFGHIJ'[Math.floor(seats / 10)]}${(seats++ % 10) + 1}`;
const begin = (user = 1) => shows.begin(show, [nextSeat()], user);
const deliver = (event: object, options = {}) => shows.stripe.deliver(shows.boxoffice.url, event, options);
const eventsOf = (id: string) =>
  shows.boxoffice.rows<Record<string, unknown>>('select * from payments.payment_events where payment_id = ? order by id', [id]);

describe('a buyer who pays', () => {
  test('is booked, and charged once, when the event comes before the return', async () => {
    const { booking, payment, session } = await begin();
    for (const event of shows.stripe.book.pay(session)) expect((await deliver(event)).status).toBe(200);
    await shows.reaches(payment, 'captured');
    expect(await shows.payment(payment)).toMatchObject({ status: 'captured', amount: 1_000, checkout_url: null });
    const { body } = await shows.boxoffice.call(`/api/bookings/${booking}/`, { user: 1 });
    expect(body).toMatchObject({ status: 'booked', paid_at: expect.any(String) });
    expect(shows.stripe.book.intentOf(session)).toMatchObject({ status: 'succeeded', captures: 1, amount_received: 1_000 });
    expect(await shows.row(payment)).toMatchObject({ next_step_at: null, attention: null, settlement: 'capture' });
  });

  test('is booked when the return comes before the event, which then changes nothing', async () => {
    const { booking, payment, session } = await begin();
    const events = shows.stripe.book.pay(session);
    await eventually(async () => expect((await shows.payment(payment)).status).toBe('captured'), { timeoutMs: 20_000 });
    for (const event of [...events, shows.stripe.book.event('payment_intent.succeeded', session)]) await deliver(event);
    await eventually(async () => {
      const outcomes = (await eventsOf(payment)).filter((row) => row.source === 'event').map((row) => row.outcome);
      expect(outcomes).toEqual(['known already', 'looked up', 'known already']);
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

  test('is charged once when the event is sent many times at once', async () => {
    const { payment, session } = await begin();
    const [event] = shows.stripe.book.pay(session);
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(event ?? {})));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    await shows.reaches(payment, 'captured');
    const stored = (await eventsOf(payment)).filter((row) => row.source === 'event');
    expect(stored).toMatchObject([{ outcome: 'authorized', handled_at: expect.anything() }]);
    expect(shows.stripe.book.intentOf(session).captures).toBe(1);
  });

  test('is not charged after the hold has ended and somebody else has the seats', async () => {
    const { booking, payment, session } = await begin();
    await shows.endHold(booking);
    const { seats: [seat = ''] = [] } = (await shows.boxoffice.call(`/api/bookings/${booking}/`, { user: 1 })).body as { seats?: string[] };
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
    expect(await shows.boxoffice.metrics()).toMatch(/payment_alarms_total\{reason="amount_mismatch"\} \d/);
  });
});

describe('a cancelled booking', () => {
  test('is refunded, once and whole', async () => {
    const { booking, payment, session } = await begin();
    const [event] = shows.stripe.book.pay(session);
    await deliver(event ?? {});
    await shows.reaches(payment, 'captured');
    expect((await shows.boxoffice.cancel(booking)).status).toBe(200);
    expect((await shows.boxoffice.cancel(booking)).status).toBe(200);
    await shows.reaches(payment, 'refunded');
    await shows.remind(payment);
    await eventually(async () => expect((await shows.row(payment))?.next_step_at).toBeNull());
    expect(shows.stripe.book.intentOf(session)).toMatchObject({ captures: 1, refunds: 1 });
  });

  test('of a hold that is being paid for is not charged', async () => {
    const { booking, payment, session } = await begin();
    expect((await shows.boxoffice.cancel(booking)).status).toBe(200);
    const [event] = shows.stripe.book.pay(session);
    await deliver(event ?? {});
    await shows.reaches(payment, 'voided');
    expect(shows.stripe.book.intentOf(session).captures).toBe(0);
  });
});

describe('payments of a booking', () => {
  test('are one while it is open, and another after it has failed', async () => {
    const { booking, payment, session } = await begin();
    const again = await Promise.all([shows.pay(booking), shows.pay(booking)]);
    expect(again.map(({ status, body }) => [status, body.id])).toEqual([[201, payment], [201, payment]]);
    await deliver(shows.stripe.book.expire(session));
    await shows.reaches(payment, 'failed');
    const next = await shows.pay(booking);
    expect(next.status).toBe(201);
    expect(next.body.id).not.toBe(payment);
  });

  test('of others cannot be told from those that do not exist', async () => {
    const { booking, payment } = await begin();
    expectProblem(await shows.boxoffice.call(`/api/payments/${payment}/`, { user: 2 }), 'payment_not_found');
    expectProblem(await shows.boxoffice.call(`/api/payments/${booking}/`, { user: 1 }), 'payment_not_found');
    expectProblem(await shows.boxoffice.call(`/api/bookings/${booking}/payments/`, { method: 'POST', user: 2 }), 'booking_not_found');
    expectProblem(await shows.boxoffice.call(`/api/payments/${payment}/`, { user: 2, role: 'admin' }), 'payment_not_found');
  });
});

describe('an event', () => {
  const attempt = (body: string, headers: Record<string, string>) =>
    fetch(`${shows.boxoffice.url}/api/payments/events/stripe/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });

  test.each([
    ['without a signature', () => ({})],
    ['with a forged one', () => ({ 'stripe-signature': `t=${Math.floor(Date.now() / 1_000)},v1=${'0'.repeat(64)}` })],
    ["with another's", (body: string) => ({ 'stripe-signature': shows.stripe.sign(body, { secret: 'whsec_other' }) })],
    ['of six minutes ago', (body: string) => ({ 'stripe-signature': shows.stripe.sign(body, { at: Date.now() - 360_000 }) })],
    ['that was changed', (body: string) => ({ 'stripe-signature': shows.stripe.sign(`${body} `) })],
  ])('%s is refused, and changes nothing', async (_, headersOf) => {
    const { payment, session } = await begin();
    const [event] = shows.stripe.book.pay(session);
    const body = JSON.stringify(event);
    const response = await attempt(body, headersOf(body) as Record<string, string>);
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'invalid_signature' }]);
    expect(await eventsOf(payment)).toEqual([]);
  });

  test('that is no JSON, or over 64 KB, or for another provider, is refused', async () => {
    const answers = [
      await attempt('<xml/>', { 'stripe-signature': shows.stripe.sign('<xml/>') }),
      await attempt(JSON.stringify({ id: 'x'.repeat(65 * 1_024) }), {}),
      await fetch(`${shows.boxoffice.url}/api/payments/events/other/`, { method: 'POST' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 413, 404]);
  });

  test('about a payment that is not known is kept, and matched later', async () => {
    const { payment, session } = await begin();
    await shows.boxoffice.rows("update payments.payments set provider = 'elsewhere' where id = ? returning id", [payment]);
    const [event] = shows.stripe.book.pay(session);
    expect((await deliver(event ?? {})).status).toBe(200);
    await eventually(async () => {
      const waiting = "select outcome from payments.payment_events where handled_at is null and outcome = 'unknown payment'";
      expect(await shows.boxoffice.rows(waiting)).toHaveLength(1);
    });
    await shows.boxoffice.rows("update payments.payments set provider = 'stripe' where id = ? returning id", [payment]);
    await shows.reaches(payment, 'captured', 30_000);
  });

  test('is answered within a second', async () => {
    const { session } = await begin();
    const [event] = shows.stripe.book.pay(session);
    const startedAt = performance.now();
    expect((await deliver(event ?? {})).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

test('a refund by hand cancels the booking, gives the money back and is audited with its reason', async () => {
  const { booking, payment, session } = await begin();
  const [event] = shows.stripe.book.pay(session);
  await deliver(event ?? {});
  await shows.reaches(payment, 'captured');
  const refund = () =>
    shows.boxoffice.call(`/api/admin/payments/${payment}/refund/`, {
      ...{ method: 'POST', user: 9, role: 'admin' as const, body: { reason: 'The projector failed' } },
    });
  expect((await refund()).status).toBe(200);
  expect((await refund()).status).toBe(200);
  await shows.reaches(payment, 'refunded');
  const { body } = await shows.boxoffice.call(`/api/bookings/${booking}/`, { user: 1 });
  expect(body).toMatchObject({ status: 'cancelled', cancel_reason: 'The projector failed' });
  expect(shows.stripe.book.intentOf(session)).toMatchObject({ captures: 1, refunds: 1 });
  const audit = await shows.boxoffice.call<{ results: object[] }>('/api/admin/audit/?subject=payment', { user: 9, role: 'admin' });
  expect(audit.body.results).toMatchObject([{ action: 'refund', subject_id: payment, after: { refund_reason: 'The projector failed' } }]);
  const detail = await shows.boxoffice.call<{ history: object[] }>(`/api/admin/payments/${payment}/`, { user: 9, role: 'admin' });
  expect(detail.body.history).toEqual(
    expect.arrayContaining([expect.objectContaining({ source: 'administrator', kind: 'refund', outcome: 'The projector failed' })]),
  );
});

test('administrators list payments, those that need attention, and the sums of the day', async () => {
  const list = (query: string) =>
    shows.boxoffice.call<{ count: number; results: { attention: string | null }[] }>(`/api/admin/payments/${query}`, {
      ...{ user: 9, role: 'admin' as const },
    });
  const { body } = await list('?needs_attention=true');
  expect(body.count).toBeGreaterThan(0);
  expect(body.results.every(({ attention }) => attention !== null)).toBe(true);
  const [expected] = await shows.boxoffice.rows<{ sum: string }>('select sum(amount) from payments.payments where captured_at is not null');
  const sums = await shows.boxoffice.call<{ results: { state: string; amount: number }[] }>('/api/admin/payments/sums/', {
    ...{ user: 9, role: 'admin' as const },
  });
  const captured = sums.body.results.filter(({ state }) => state === 'captured');
  expect(captured.reduce((sum, { amount }) => sum + amount, 0)).toBe(Number(expected?.sum));
});

test('no secret, signature or body of an event is logged, at the most verbose level', () => {
  const logged = [shows.boxoffice.catalog, ...shows.boxoffice.gateways, ...shows.boxoffice.workers].flatMap(({ logs }) => logs).join('\n');
  expect(logged).toContain('/api/payments/events/');
  const signed = /v1=[0-9a-f]{8}|stripe-signature|amount_capturable|client_reference_id/i;
  for (const secret of [shows.stripe.secretKey, shows.stripe.webhookSecret]) expect(logged).not.toContain(secret);
  expect(logged).not.toMatch(signed);
});
