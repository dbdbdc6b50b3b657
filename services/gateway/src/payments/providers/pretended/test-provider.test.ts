/** The test provider from the outside: its page, its events by HTTP, and the money that it pretends to take. */
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { afterAll, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
let show: number;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ env: { PAYMENT_PROVIDER: 'test', HOLD_SECONDS: '2', PAYMENT_SECONDS: '2' } });
  show = await boxoffice.addShow();
  await boxoffice.rows(
    `update catalog.shows set payment = 'online', prices = '{"standard": 950}', currency = 'EUR' where id = ? returning id`,
    [show],
  );
});
afterAll(() => boxoffice.stop());

async function begin(seat: string) {
  const held = await boxoffice.hold(show, [seat], { wait: 10 });
  const { body, status } = await boxoffice.call<{ id: string; checkout_url: string | null }>(
    `/api/bookings/${held.body.id}/payments/`,
    { method: 'POST', user: 1 },
  );
  expect([status, body]).toMatchObject([201, { status: 'pending', provider: 'test', amount: 950 }]);
  const url = await eventually(async () => {
    const { body: payment } = await boxoffice.call<{ checkout_url: string | null }>(`/api/payments/${body.id}/`, {
      user: 1,
    });
    if (!payment.checkout_url) throw new Error('there is no checkout yet');
    return payment.checkout_url;
  });
  return { booking: held.body.id, payment: body.id, url };
}
/** Presses a button of the page. */
async function press(url: string, name: RegExp): Promise<Response> {
  const page = await (await fetch(url)).text();
  const [, action] =
    [...page.matchAll(/action="([^"]+)"><button>([^<]+)</g)].find(([, , label = '']) => name.test(label)) ?? [];
  return fetch(new URL(action ?? '/nothing', url), { method: 'POST', redirect: 'manual' });
}
const statusOf = async (payment: string) =>
  (await boxoffice.rows<{ status: string }>('select status from payments.payments where id = ?', [payment]))[0]?.status;
const reaches = (payment: string, status: string) =>
  eventually(async () => expect(await statusOf(payment)).toBe(status), { timeoutMs: 30_000 });

test('a buyer pays on its page, is sent back, and the event books and captures', async () => {
  const { booking, payment, url } = await begin('A1');
  const page = await fetch(url);
  expect(await page.text()).toContain('€9.50');
  const back = await press(url, /^Pay €9.50/);
  expect([back.status, back.headers.get('location')]).toEqual([
    303,
    `${boxoffice.publicUrl}/boxoffice/payments/${payment}/`,
  ]);
  await reaches(payment, 'captured');
  expect((await boxoffice.call(`/api/bookings/${booking}/`, { user: 1 })).body.status).toBe('booked');
  // The gateway may have asked the provider before its event arrived.
  const events = "select event_id from payments.payment_events where payment_id = ? and source = 'event'";
  await expect.poll(() => boxoffice.rows(events, [payment])).toHaveLength(1);
  await boxoffice.cancel(booking);
  await reaches(payment, 'refunded');
  expect(await (await fetch(url)).text()).toContain('refunded');
});

test('a declined card ends the payment, and the next one is another', async () => {
  const { payment, url } = await begin('A2');
  await press(url, /declined/);
  await reaches(payment, 'failed');
});

test('a buyer who pays after the hold has ended is booked while the seats are free, else not charged', async () => {
  const free = await begin('A3');
  await press(free.url, /after the hold/);
  const lost = await begin('A4');
  await press(lost.url, /after the hold/);
  const paysAt = (time: string) =>
    boxoffice.rows(`update payments.test_checkouts set pays_at = ${time} where payment_id = ? returning 1`, [
      lost.payment,
    ]);
  await paysAt("'infinity'");
  await eventually(async () => expect((await boxoffice.hold(show, ['A4'], { user: 2, wait: 10 })).status).toBe(201), {
    timeoutMs: 20_000,
  });
  await paysAt('now()');
  await reaches(free.payment, 'captured');
  await reaches(lost.payment, 'voided');
});

test('its page says nothing to those who do not know the reference', async () => {
  const response = await fetch(`${boxoffice.url}/payments/test/test_${'x'.repeat(24)}/`);
  expect(response.status).toBe(404);
});
