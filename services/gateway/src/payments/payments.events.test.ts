/** Events of the provider, what administrators see and do, and what is logged. */
import { eventually } from '@boxoffice/testing/eventually';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditMoney } from '../../../../scripts/audit-money/audit-money.ts';
import { type PaidShows, patiently, startPaidShows } from '../../test/paid-shows.ts';

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
const deliver = (event: object) => shows.deliver(event);
const eventsOf = (id: string) =>
  shows.boxoffice.rows<Record<string, unknown>>(
    'select * from payments.payment_events where payment_id = ? order by id',
    [id],
  );

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
    [
      'of six minutes ago',
      (body: string) => ({ 'stripe-signature': shows.stripe.sign(body, { at: Date.now() - 360_000 }) }),
    ],
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
    await shows.boxoffice.rows("update payments.payments set provider = 'elsewhere' where id = ? returning id", [
      payment,
    ]);
    const [event] = shows.stripe.book.pay(session);
    expect((await deliver(event ?? {})).status).toBe(200);
    await eventually(async () => {
      const waiting =
        "select outcome from payments.payment_events where handled_at is null and outcome = 'unknown payment'";
      expect(await shows.boxoffice.rows(waiting)).toHaveLength(1);
      return true;
    });
    await shows.boxoffice.rows("update payments.payments set provider = 'stripe' where id = ? returning id", [payment]);
    await shows.reaches(payment, 'captured', 30_000);
  });

  test('is answered within a second, also while the provider responds to nothing', async () => {
    const { session } = await begin();
    const [, event] = shows.stripe.book.pay(session);
    const looks = () => shows.stripe.callsOf(/GET \/v1\/checkout/).length;
    const before = looks();
    shows.stripe.fail(/./, 'hang', { times: 1_000 });
    const startedAt = performance.now();
    expect((await shows.stripe.deliver(shows.boxoffice.url, event ?? {})).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await eventually(() => expect(looks()).toBeGreaterThan(before));
    shows.stripe.heal();
  });
});

test('a refund by hand cancels the booking, gives the money back and is audited with its reason', async () => {
  const { booking, payment, session } = await begin();
  const [event] = shows.stripe.book.pay(session);
  await deliver(event ?? {});
  await shows.reaches(payment, 'captured');
  const refund = () =>
    patiently(() =>
      shows.boxoffice.call(`/api/admin/payments/${payment}/refund/`, {
        ...{ method: 'POST', user: 9, role: 'admin' as const, body: { reason: 'The projector failed' } },
      }),
    );
  expect((await refund()).status).toBe(200);
  expect((await refund()).status).toBe(200);
  await shows.reaches(payment, 'refunded');
  const { body } = await shows.boxoffice.call(`/api/bookings/${booking}/`, { user: 1 });
  expect(body).toMatchObject({ status: 'cancelled', cancel_reason: 'The projector failed' });
  expect(shows.stripe.book.intentOf(session)).toMatchObject({ captures: 1, refunds: 1 });
  const audit = await shows.boxoffice.call<{ results: object[] }>('/api/admin/audit/?subject=payment', {
    user: 9,
    role: 'admin',
  });
  expect(audit.body.results).toMatchObject([
    { action: 'refund', subject_id: payment, after: { refund_reason: 'The projector failed' } },
  ]);
  const detail = await shows.boxoffice.call<{ history: object[] }>(`/api/admin/payments/${payment}/`, {
    user: 9,
    role: 'admin',
  });
  expect(detail.body.history).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ source: 'administrator', kind: 'refund', outcome: 'The projector failed' }),
    ]),
  );
});

test('a refund that fails later needs attention until a person has resolved it', async () => {
  const { booking, payment, session } = await begin();
  await deliver(shows.stripe.book.pay(session)[0] ?? {});
  await shows.reaches(payment, 'captured');
  await patiently(() => shows.boxoffice.cancel(booking));
  await shows.reaches(payment, 'refunded');
  for (const event of shows.stripe.book.failRefund(session)) expect((await deliver(event)).status).toBe(200);
  const outcomes = async () =>
    (await eventsOf(payment)).filter(({ source }) => source === 'event').map(({ outcome }) => outcome);
  await eventually(async () => expect((await outcomes()).slice(1)).toEqual(Array(3).fill('refund_failed')));
  await shows.remind(payment);
  await eventually(async () => expect((await shows.row(payment))?.next_step_at).toBeNull());
  expect(await shows.row(payment)).toMatchObject({ status: 'refunded', attention: 'refund_failed' });
  expect(await shows.boxoffice.metrics()).toMatch(/payment_alarms_total\{reason="refund_failed"\} 1\n/);
  const failures = async () =>
    (await auditMoney(shows.boxoffice.orm.em.fork())).violations.filter((found) => found.payment === payment);
  expect(await failures()).toMatchObject([{ rule: 'refunded, but the refund has failed at the provider' }]);
  const resolved = await shows.boxoffice.call(`/api/admin/payments/${payment}/resolve/`, {
    ...{ method: 'POST', user: 9, role: 'admin' as const, body: { reason: 'Paid in cash' } },
  });
  expect(resolved.body).toMatchObject({ attention: null });
  expect(await failures()).toEqual([]);
});

test('administrators list payments, resolve those that need attention, and see the sums of the day', async () => {
  const list = (query: string) =>
    shows.boxoffice.call<{ count: number; results: { attention: string | null }[] }>(`/api/admin/payments/${query}`, {
      ...{ user: 9, role: 'admin' as const },
    });
  const { payment, session } = await begin();
  await deliver(shows.stripe.book.pay(session, { amount: 1 })[0] ?? {});
  await shows.reaches(payment, 'voided');
  const { body } = await list('?needs_attention=true');
  expect(body.count).toBeGreaterThan(0);
  expect(body.results.every(({ attention }) => attention !== null)).toBe(true);
  const resolve = () =>
    shows.boxoffice.call(`/api/admin/payments/${payment}/resolve/`, {
      ...{ method: 'POST', user: 9, role: 'admin' as const, body: { reason: 'Called the buyer' } },
    });
  expect([await resolve(), await resolve()]).toMatchObject([
    { body: { attention: null } },
    { body: { attention: null } },
  ]);
  expect((await list('?needs_attention=true')).body.count).toBe(body.count - 1);
  const lines = `select action, before, after from payments.audit_lines where subject_id = ?`;
  expect(await shows.boxoffice.rows(lines, [payment])).toEqual([
    {
      action: 'change',
      before: { attention: 'amount_mismatch' },
      after: { attention: null, reason: 'Called the buyer' },
    },
  ]);
  const [expected] = await shows.boxoffice.rows<{ sum: string }>(
    'select sum(amount) from payments.payments where captured_at is not null',
  );
  const sums = await shows.boxoffice.call<{ results: { state: string; amount: number }[] }>(
    '/api/admin/payments/sums/',
    {
      ...{ user: 9, role: 'admin' as const },
    },
  );
  const captured = sums.body.results.filter(({ state }) => state === 'captured');
  const sum = captured.reduce((sum, { amount }) => sum + amount, 0);
  expect(sum).toBe(Number(expected?.sum));
  const atProvider = [...shows.stripe.book.intents.values()].map(({ amount_received }) => amount_received);
  expect(sum).toBe(atProvider.reduce((sum, amount) => sum + amount, 0));
});

test('no secret, signature or body of an event is logged, at the most verbose level', () => {
  const logged = [shows.boxoffice.catalog, ...shows.boxoffice.gateways, ...shows.boxoffice.workers]
    .flatMap(({ logs }) => logs)
    .join('\n');
  expect(logged).toContain('/api/payments/events/');
  const signed = /v1=[0-9a-f]{8}|stripe-signature|amount_capturable|client_reference_id/i;
  for (const secret of [shows.stripe.secretKey, shows.stripe.webhookSecret]) expect(logged).not.toContain(secret);
  expect(logged).not.toMatch(signed);
});
