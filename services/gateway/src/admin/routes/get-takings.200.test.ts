import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { AdminBookingView } from '@boxoffice/shared/contracts/booking';
import type { TakingsView } from '@boxoffice/shared/contracts/takings';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** The administrator, who signed up first. */
const admin = { user: 1, role: 'admin' } as const;
let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
  const body = { username: 'root', email: 'root@example.com', password: 'correct horse' };
  await boxoffice.call('/api/auth/signup/', { method: 'POST', body });
});
afterAll(() => boxoffice.stop());

const takings = async (query = '') => (await boxoffice.call<TakingsView>(`/api/admin/takings/${query}`, admin)).body;

/** A show whose seats cost this much, in minor units. */
async function addPricedShow(standard: number, currency: string): Promise<number> {
  const show = await boxoffice.addShow();
  const body = { prices: { standard }, currency };
  await boxoffice.call(`/api/admin/shows/${show}/`, { method: 'PATCH', ...admin, body });
  return show;
}

async function sell(show: number, seats: string[], paidWith?: 'cash' | 'card'): Promise<string> {
  const { body } = await boxoffice.book(show, seats, { user: 7, wait: 10 });
  const payment = { method: 'POST', ...admin, body: { paid_with: paidWith } };
  if (paidWith) expect((await boxoffice.call(`/api/admin/bookings/${body.id}/pay/`, payment)).status).toBe(200);
  return body.id;
}

test('sums by currency, payment method and show; what was cancelled later is also counted separately', async () => {
  const [euros, yen] = [await addPricedShow(1_100, 'EUR'), await addPricedShow(1_800, 'JPY')];
  await sell(euros, ['A1', 'A2'], 'cash');
  await sell(euros, ['A3'], 'card');
  await sell(euros, ['A4']); // is not paid yet
  await boxoffice.cancel(await sell(euros, ['A5'], 'cash'), { user: 7 });
  await sell(yen, ['A1'], 'card');

  const none = { cancelled_bookings: 0, cancelled_amount: 0 };
  const cancelled = { cancelled_bookings: 1, cancelled_amount: 1_100 };
  const today = new Date().toISOString().slice(0, 10);
  expect(await takings()).toEqual({
    date: today,
    by_currency: [
      { currency: 'EUR', bookings: 3, amount: 4_400, ...cancelled },
      { currency: 'JPY', bookings: 1, amount: 1_800, ...none },
    ],
    by_paid_with: [
      { currency: 'EUR', paid_with: 'card', bookings: 1, amount: 1_100, ...none },
      { currency: 'EUR', paid_with: 'cash', bookings: 2, amount: 3_300, ...cancelled },
      { currency: 'JPY', paid_with: 'card', bookings: 1, amount: 1_800, ...none },
    ],
    by_show: [
      { show_id: euros, currency: 'EUR', bookings: 3, amount: 4_400, ...cancelled, show: expect.any(Object) },
      { show_id: yen, currency: 'JPY', bookings: 1, amount: 1_800, ...none, show: expect.any(Object) },
    ],
    show_count: 2,
  });
});

test('the day begins at midnight in the requested time zone', async () => {
  const show = await boxoffice.addShow();
  const payments = ['2029-12-31T23:30:00Z', '2030-01-01T12:00:00Z', '2030-01-01T22:59:59Z', '2030-01-01T23:00:00Z'];
  for (const [place, paidAt] of payments.entries()) {
    await boxoffice.rows(
      `insert into booking.bookings (show_id, id, user_id, seats, status, created_at, total, currency, paid_at, paid_with)
       values (?, ?, 7, '{A1}', 'booked', now(), ?, 'EUR', ?, 'cash')`,
      [show, requestId(newEnvelopeId(0), show, place), 10 ** place, paidAt],
    );
  }
  const amountIn = async (zone: string) =>
    (await takings(`?date=2030-01-01&time_zone=${zone}`)).by_paid_with.map(({ amount }) => amount);
  expect(await amountIn('UTC')).toEqual([1_110]);
  expect(await amountIn('Europe/Berlin')).toEqual([111]);
  expect(await takings('?date=2031-01-01')).toEqual({
    ...{ date: '2031-01-01', by_currency: [], by_paid_with: [], by_show: [], show_count: 0 },
  });
});

test('a booking says who took the money, and how', async () => {
  const show = await addPricedShow(900, 'EUR');
  const path = `/api/admin/bookings/${await sell(show, ['B1'], 'card')}/`;
  const { body: paid } = await boxoffice.call<AdminBookingView>(path, admin);
  expect(paid).toMatchObject({ paid_at: expect.any(String), paid_with: 'card', paid_by: { id: 1, username: 'root' } });
  const { body: due } = await boxoffice.call<AdminBookingView>(
    `/api/admin/bookings/${await sell(show, ['B2'])}/`,
    admin,
  );
  expect(due.paid_at).toBeNull();
  expect(Object.keys(due)).not.toContain('paid_by');
});

test.each(['date=yesterday', 'date=0000-01-01', 'date=2030-02-30', 'time_zone=Mars/Olympus'])(
  '400: ?%s',
  async (query) => {
    expectProblem(await boxoffice.call(`/api/admin/takings/?${query}`, admin), 'validation_failed');
  },
);
