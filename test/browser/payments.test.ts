/** Paying online in the box office: from a hold over the checkout of the test provider to the receipt, or not. */
import { type Browsing, errorsOf, expectAccessible, startBrowsing, test } from '@boxoffice/testing/browser';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { addPricedShow, fits, heading, openAs, takenSeats } from './priced-hall.ts';

let browsing: Browsing;
let show: number;
beforeAll(async () => {
  browsing = await startBrowsing({ env: { PAYMENT_PROVIDER: 'test' } });
  show = await addPricedShow(browsing, { payment: 'online' });
});
afterAll(() => browsing?.stop());

const hold = async (seats: string[], user: number) => {
  const { status, body } = await browsing.boxoffice.hold(show, seats, { user, wait: 10 });
  expect(status).toBe(201);
  return body.id;
};

/** Opens a held booking on a phone, where the checkout leads back to: local storage belongs to one origin. */
const openHold = async (booking: string, user: number): Promise<Page> => {
  const phone = { viewport: { width: 360, height: 740 }, baseURL: browsing.boxoffice.publicUrl };
  const page = await openAs(browsing, user, `/bookings/${booking}`, phone);
  await heading(page, 'Your seats are held');
  return page;
};

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();
const minutesLeft = async (page: Page) => Number(((await page.getByRole('timer').textContent()) ?? '').split(':')[0]);
const paymentOf = async (booking: string) => {
  const [row] = await browsing.boxoffice.rows<{ id: string; status: string }>(
    'select id, status from payments.payments where booking_id = ? order by created_at desc limit 1',
    [booking],
  );
  return row;
};

test('a buyer pays, waits for the confirmation across a reload, and gets a receipt, a ticket and a refund', async () => {
  const booking = await hold(['B1', 'C1'], 1);
  const page = await openHold(booking, 1);
  await page.getByText('left to pay, until').waitFor();
  expect(await page.getByRole('button', { name: 'Confirm' }).count()).toBe(0);
  await expectAccessible(page);
  await press(page, 'Pay €21.50');
  await page.getByRole('heading', { name: 'Cinema seats from Boxoffice €21.50' }).waitFor();
  await page.getByText('This is not a real bank. No money is taken').waitFor();
  expect(await fits(page)).toBe(true);
  await expectAccessible(page);

  // While the worker sleeps, nobody decides whether the seats can be booked.
  const [worker] = browsing.boxoffice.workers;
  worker?.kill('SIGSTOP');
  try {
    await press(page, 'Pay €21.50');
    await heading(page, 'We are confirming your payment');
    await page.getByText('€21.50 for B1 and C1, Night').waitFor();
    await page.reload();
    await heading(page, 'We are confirming your payment');
    await page.getByText('€21.50 for B1 and C1, Night').waitFor();
    expect(await fits(page)).toBe(true);
    await expectAccessible(page);
  } finally {
    worker?.kill('SIGCONT');
  }
  await heading(page, 'Your seats are booked');
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Your seats are booked');
  await page.getByText('€21.50 paid online').waitFor();
  const { body } = await browsing.boxoffice.call<{ code: string }>(`/api/bookings/${booking}/`, { user: 1 });
  await page.getByText(`${body.code.slice(0, 4)}-${body.code.slice(4)}`).waitFor();
  await page.getByRole('row', { name: 'C1 premium €12.50' }).waitFor();
  expect(await fits(page)).toBe(true);
  await expectAccessible(page);

  await page.getByRole('link', { name: 'See your ticket' }).click();
  await heading(page, 'Your ticket');
  await page.getByText('Paid online.').waitFor();
  await press(page, /^Cancel booking/);
  await page.getByRole('dialog').getByText('You get €21.50 back.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel booking' }).click();
  await heading(page, 'This booking is cancelled');
  await page.getByText('€21.50 was refunded to your card.').waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Payment' }).click();
  await heading(page, 'Your payment was refunded');
  await page.getByRole('link', { name: 'My bookings' }).first().click();
  await page.getByText('cancelled; your money goes back to your card').waitFor();
  expect(errorsOf(page)).toEqual([]);
});

test('whoever closes the checkout continues the same payment, and pays again after the card was declined', async () => {
  const booking = await hold(['A1'], 2);
  const page = await openHold(booking, 2);
  expect(await minutesLeft(page)).toBeLessThanOrEqual(10);
  await press(page, 'Pay €9.00');
  await page.getByRole('link', { name: 'Close without paying' }).waitFor();
  const begun = await paymentOf(booking);
  const checkout = page.url();
  await page.goto(`${browsing.boxoffice.publicUrl}/boxoffice/bookings`);
  await page.getByRole('link', { name: /^Pay or release: A1/ }).click();
  await heading(page, 'Your seats are held');
  await page.getByText('You have more time now that you have started to pay.').waitFor();
  expect(await minutesLeft(page)).toBeGreaterThan(12);
  await expectAccessible(page);
  await press(page, 'Continue payment');
  await page.waitForURL(checkout);

  await page.getByRole('link', { name: 'Close without paying' }).click();
  await heading(page, 'We are confirming your payment');
  await page.getByText('Not paid yet? Your seats are held for you').waitFor();
  await page.getByRole('link', { name: 'Continue payment' }).click();
  await page.waitForURL(checkout);
  await press(page, 'Let the card be declined');
  await heading(page, 'Your card was declined');
  await page.getByText('Your card was declined, and nothing was charged.').waitFor();
  expect(await fits(page)).toBe(true);
  await expectAccessible(page);
  await press(page, 'Pay €9.00');
  await page.getByRole('link', { name: 'Close without paying' }).waitFor();
  expect((await paymentOf(booking))?.id).not.toBe(begun?.id);
  await press(page, 'Pay €9.00');
  await heading(page, 'Your seats are booked');
  await expect.poll(async () => (await paymentOf(booking))?.status).toBe('captured');
});

test('a payment that comes too late is not charged, and the seats are offered again', async () => {
  const booking = await hold(['B2'], 3);
  const page = await openHold(booking, 3);
  await press(page, 'Pay €9.00');
  await page.getByRole('link', { name: 'Close without paying' }).waitFor();
  await browsing.boxoffice.rows(
    `with claims as (update booking.seat_claims set expires_at = now() where booking_id = ? returning booking_id)
     update booking.bookings set expires_at = now() where id in (select booking_id from claims)`,
    [booking],
  );
  const other = await hold(['B2'], 4);
  await press(page, 'Pay €9.00');
  await heading(page, 'Your payment came too late');
  await page.getByText('Your card was not charged.').waitFor();
  await expectAccessible(page);
  expect((await paymentOf(booking))?.status).toBe('voided');
  await press(page, 'Hold it again');
  await page.getByText('B2 was just taken.').waitFor();
  await browsing.boxoffice.cancel(other, { user: 4 });
  await press(page, 'Hold it again');
  await heading(page, 'Your seats are held');
  await page.getByRole('button', { name: 'Pay €9.00' }).waitFor();
  expect(await takenSeats(browsing, show)).toContain('B2');
});
