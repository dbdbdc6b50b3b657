/** Online payments in the admin portal: a show that is paid for online, its payments, a refund, and the daily sums. */
import { createBoxoffice, patiently } from '@boxoffice/client';
import { type Browsing, errorsOf, expectAccessible, startBrowsing, test } from '@boxoffice/testing/browser';
import { eventually } from '@boxoffice/testing/eventually';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { fits } from './priced-hall.ts';

const password = 'correct horse';
let browsing: Browsing;
/** The administrator, and someone who buys seats. */
const clients = { boss: createBoxoffice({ url: '' }), alice: createBoxoffice({ url: '' }) };
beforeAll(async () => {
  browsing = await startBrowsing({ env: { PAYMENT_PROVIDER: 'test' } });
  const { url, rows } = browsing.boxoffice;
  for (const username of ['boss', 'alice'] as const) {
    clients[username] = createBoxoffice({ url });
    await clients[username].signUp({ username, email: `${username}@example.com`, password });
  }
  await rows(`update identity.users set role = 'admin' where username = 'boss'`);
  for (const username of ['boss', 'alice'] as const)
    await patiently(() => clients[username].logIn({ username, password }));
});
afterAll(() => browsing?.stop());

async function signIn(path: string): Promise<Page> {
  const page = await browsing.newPage({ timezoneId: 'Europe/Berlin', locale: 'en-GB' });
  await page.goto(`/admin/${path}`);
  await page.getByLabel('User name').fill('boss');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  return page;
}

/** Buys a seat, and returns its booking and payment. */
async function pay(show: number, seat: string) {
  const { id: booking } = await clients.alice.hold(show, { seats: [seat] });
  const params = { path: { id: booking } };
  const begun = await patiently(() => clients.alice.post('/api/bookings/{id}/payments/', { params }));
  const find = () => clients.alice.get('/api/payments/{id}/', { params: { path: { id: begun.id } } });
  const { checkout_url: checkout } = await eventually(async () => {
    const payment = await find();
    expect(payment.checkout_url).not.toBeNull();
    return payment;
  });
  await fetch(`${checkout}pay/`, { method: 'POST', redirect: 'manual' });
  await eventually(async () => expect((await find()).status).toBe('captured'), { timeoutMs: 30_000 });
  return { booking, payment: begun.id };
}

test('a show is paid for online, its payments are listed, and one is refunded with a reason', async () => {
  const movie = { title: 'Heat', duration_minutes: 170 };
  const { id: movieId } = await patiently(() => clients.boss.post('/api/admin/movies/', { body: movie }));
  const page = await signIn(`shows/new?movie_id=${movieId}`);
  await page.getByLabel('Starts').fill('2030-11-22T19:30');
  await page.getByLabel('Screen').fill('Screen 1');
  await page.getByLabel('Payment').selectOption('Online');
  await page.getByText('Seats are booked once they are paid for').waitFor();
  await page.getByLabel('Price of standard').fill('13');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('cell', { name: '€13.00' }).waitFor();
  const [show] = (await clients.boss.get('/api/admin/shows/')).results;
  expect(show).toMatchObject({ payment: 'online', prices: { standard: 1_300 }, currency: 'EUR' });

  const first = await pay(show?.id ?? 0, 'A1');
  const second = await pay(show?.id ?? 0, 'A2');
  await browsing.boxoffice.rows(
    `update payments.payments set attention = 'amount_mismatch' where id = ? returning id`,
    [second.payment],
  );
  await page.getByRole('link', { name: 'Payments' }).click();
  await page.getByText('2 payments', { exact: true }).waitFor();
  expect(await page.getByRole('row', { name: /captured.*alice.*€13.00/ }).count()).toBe(2);
  await page.getByRole('link', { name: 'Needs attention' }).click();
  await page.getByText('1 payment', { exact: true }).waitFor();
  await page.getByRole('cell', { name: 'another amount' }).waitFor();
  await expectAccessible(page);
  await page
    .getByRole('row', { name: /another amount/ })
    .getByRole('link')
    .first()
    .click();
  await page.getByText('Needs attention: another amount.').waitFor();
  expect(page.url()).toContain(second.payment);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Resolve' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('Paid back in cash');
  await page.getByRole('dialog').getByRole('button', { name: 'Resolve' }).click();
  await page.getByRole('row', { name: /Administrator Resolved it Paid back in cash/ }).waitFor();
  expect(await page.getByText('Needs attention').count()).toBe(0);

  await page.goto(`/admin/bookings/${first.booking}`);
  await page.getByRole('link', { name: /^paid online/ }).click();
  await page.getByRole('heading', { name: 'Payment of €13.00' }).waitFor();
  await page.getByRole('row', { name: /Buyer Started to pay €13.00/ }).waitFor();
  // Whether the event was news depends on who asked the provider first.
  await page.getByRole('row', { name: /Provider payment.authorized (authorised|known already)/ }).waitFor();
  await page.getByRole('row', { name: /Boxoffice Took the money €13.00/ }).waitFor();
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await fits(page)).toBe(true);
  await page.getByRole('button', { name: 'Refund' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('alice gets €13.00 back').waitFor();
  await dialog.getByRole('button', { name: 'Refund' }).click();
  await expect.poll(() => dialog.getByLabel('Reason').getAttribute('aria-invalid')).toBe('true');
  await dialog.getByLabel('Reason').fill('The projector failed');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Refund' }).click();
  await page.getByRole('row', { name: /Administrator Asked for a refund The projector failed/ }).waitFor();
  await page.getByRole('row', { name: /Boxoffice Gave the money back €13.00/ }).waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Refund' }).count()).toBe(0);
  expect((await clients.alice.get('/api/bookings/{id}/', { params: { path: { id: first.booking } } })).status).toBe(
    'cancelled',
  );

  await page.getByRole('link', { name: 'Audit', exact: true }).last().click();
  await page.getByText('Refunded payment').waitFor();
  await page.getByText('The projector failed').waitFor();
  await page.getByText('€13.00').waitFor();
  await page.goto('/admin/payments/sums');
  await page.getByRole('row', { name: /EUR €26.00 \(2\) €26.00 \(2\) €13.00 \(1\) €13.00/ }).waitFor();
  await expectAccessible(page);
  await page.getByLabel('Last day').fill('2029-01-01');
  await page.getByLabel('First day').fill('2029-01-01');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('No payments on these days').waitFor();
  // The refund without a reason.
  expect(errorsOf(page)).toEqual([expect.stringContaining('400 (Bad Request)')]);
});
