/** Selling at the counter in the admin portal: priced shows, payments, takings, and a show that is cancelled. */
import { createBoxoffice, patiently } from '@boxoffice/client';
import { type Browsing, errorsOf, expectAccessible, startBrowsing, test } from '@boxoffice/testing/browser';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

const password = 'correct horse';
let browsing: Browsing;
/** The administrator, and someone who buys seats. */
const clients = { boss: createBoxoffice({ url: '' }), alice: createBoxoffice({ url: '' }) };
let movie: number;
beforeAll(async () => {
  browsing = await startBrowsing();
  const { url, rows } = browsing.boxoffice;
  for (const username of ['boss', 'alice'] as const) {
    clients[username] = createBoxoffice({ url });
    await clients[username].signUp({ username, email: `${username}@example.com`, password });
  }
  await rows(`update identity.users set role = 'admin' where username = 'boss'`);
  for (const username of ['boss', 'alice'] as const)
    await patiently(() => clients[username].logIn({ username, password }));
  const heat = { title: 'Heat', duration_minutes: 170 };
  ({ id: movie } = await patiently(() => clients.boss.post('/api/admin/movies/', { body: heat })));
  const legend = { S: { category: 'standard' }, P: { category: 'premium' } };
  const hall = { name: 'Grand Hall', layout: ['SSSS', 'PPPP'], legend };
  await patiently(() => clients.boss.post('/api/admin/screens/', { body: hall }));
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

/** A show on the screen, whose seats cost 11 and 15 euros. */
async function addPricedShow(dateTime: string): Promise<number> {
  const [show] = await browsing.boxoffice.rows<{ id: number }>(
    `insert into catalog.shows (movie_id, screen_id, layout_id, screen_name, date_time, busy_until, total_seats,
       seats_per_row, payment, prices, currency)
     select ?, id, layout_id, name, ?::timestamptz, ?::timestamptz + interval '3 hours', 8, 4, 'counter',
       '{"standard": 1100, "premium": 1500}', 'EUR' from catalog.screens returning id`,
    [movie, dateTime, dateTime],
  );
  return show?.id ?? 0;
}

test('an administrator prices a show by category, changes it, and sees every clash of a run', async () => {
  const page = await signIn(`shows/new?movie_id=${movie}`);
  await page.getByLabel('Starts').fill('2030-11-22T19:30');
  await page.getByLabel('Hall').selectOption('Grand Hall');
  const payment = page.getByLabel('Payment');
  const methods = ['Free of charge', 'At the counter', 'Online'];
  expect(await payment.locator('option').allTextContents()).toEqual(methods);
  await payment.selectOption('At the counter');
  await page.getByLabel('Currency').fill('eur');
  await page.getByLabel('Price of standard').fill('11,50');
  await page.getByLabel('Price of premium').fill('fifteen');
  await page.getByLabel('Sales open').fill('2030-11-01T10:00');
  await page.getByLabel('Seats per person').fill('6');
  await page.getByLabel('Refuse choices that leave a single seat free').check();
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('Must be an amount of EUR').waitFor();
  await expectAccessible(page);
  await page.getByLabel('Price of premium').fill('15');
  await payment.selectOption('Online');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('There is no payment provider').waitFor();
  await payment.selectOption('At the counter');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('cell', { name: '€11.50 – €15.00' }).waitFor();
  const query = { movie_id: movie };
  const findShow = async () => (await clients.boss.get('/api/admin/shows/', { params: { query } })).results[0];
  const show = await findShow();
  expect(show).toMatchObject({
    ...{ payment: 'counter', prices: { standard: 1_150, premium: 1_500 }, currency: 'EUR' },
    ...{ sales_open_at: '2030-11-01T09:00:00.000Z', sales_close_at: null },
    ...{ max_seats_per_user: 6, forbid_single_seats: true },
  });

  await page.goto(`/admin/shows/${show?.id}`);
  await expect.poll(() => page.getByLabel('Price of standard').inputValue()).toBe('11.50');
  await page.getByLabel('Price of standard').fill('12');
  await page.getByLabel('Seats per person').fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: '€12.00 – €15.00' }).waitFor();
  expect(await findShow()).toMatchObject({
    ...show,
    prices: { standard: 1_200, premium: 1_500 },
    max_seats_per_user: null,
  });

  await page.goto(`/admin/shows/run?movie_id=${movie}`);
  await page.getByLabel('Hall').selectOption('Grand Hall');
  await page.getByLabel('First day').fill('2030-11-21');
  await page.getByLabel('Last day').fill('2030-11-22');
  await page.getByLabel('Times of day').fill('18:00, 20:00');
  await page.getByLabel('Payment').selectOption('At the counter');
  await page.getByLabel('Price of standard').fill('10');
  await page.getByLabel('Price of premium').fill('10');
  await page.getByRole('button', { name: 'Add these shows' }).click();
  const clashes = page.getByRole('region', { name: 'Clashes' }).getByRole('listitem');
  await clashes.first().waitFor();
  // Each day's two shows, and both shows of the second day with the show that exists.
  expect(await clashes.count()).toBe(4);
  await clashes.getByText(`22 Nov 2030, 20:00 clashes with show ${show?.id}`).waitFor();
  await page.getByLabel('Last day').fill('2030-11-21');
  await page.getByLabel('Times of day').fill('18:00');
  await page.getByRole('button', { name: 'Add these shows' }).click();
  await page.getByRole('cell', { name: '€10.00', exact: true }).waitFor();
});

test('a booking is found by its code and marked as paid, the audit log says so, and the takings count it', async () => {
  const show = await addPricedShow('2030-12-01T19:30:00Z');
  const { id, code = '' } = await clients.alice.book(show, ['A1', 'B1']);
  const page = await signIn('bookings');
  await page.getByLabel('Code').fill(` ${code.toLowerCase()}`);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('1 booking', { exact: true }).waitFor();
  await page.getByRole('cell', { name: '€26.00 due' }).waitFor();
  await page.locator('tbody').getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: `Booking ${code}` }).waitFor();
  await page.getByRole('row', { name: 'B1 premium €15.00' }).waitFor();
  await page.getByLabel('Card').check();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Mark as paid' }).click();
  await page.getByText(/paid .*, card, taken by boss/).waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Mark as paid' }).count()).toBe(0);
  expect(await clients.alice.get('/api/bookings/{id}/', { params: { path: { id } } })).toMatchObject({
    paid_at: expect.any(String),
  });

  await page.getByRole('link', { name: 'Audit', exact: true }).last().click();
  await page.getByText('Took payment for Booking').waitFor();
  await page.getByText('card', { exact: true }).or(page.getByText('→ card')).first().waitFor();

  await page.getByRole('link', { name: 'Takings' }).click();
  await page.getByRole('row', { name: 'Card 1 €26.00' }).waitFor();
  await page.getByRole('row', { name: /Heat.*Grand Hall 1 €26.00/ }).waitFor();
  await expectAccessible(page);
  await clients.alice.cancel(id);
  await page.reload();
  await page.getByRole('row', { name: 'Card 1 €26.00 1: €26.00' }).waitFor();
  await page.getByLabel('Day', { exact: true }).fill('2029-01-01');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('Nothing was paid on').waitFor();
  expect(errorsOf(page)).toEqual([]);
});

test('a show is cancelled with a reason, its bookings follow, and the lists say so', async () => {
  const show = await addPricedShow('2030-12-02T19:30:00Z');
  await clients.alice.book(show, ['A1', 'A2']);
  await clients.alice.hold(show, { seats: ['B1'] });
  const page = await signIn(`bookings?show_id=${show}&status=held`);
  await page.getByText('1 booking', { exact: true }).waitFor();
  await page.goto(`/admin/shows/${show}`);
  await page.getByRole('button', { name: /^Cancel show/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('3 seats are held or booked').waitFor();
  await dialog.getByRole('button', { name: 'Cancel show' }).click();
  await expect.poll(() => dialog.getByLabel('Reason').getAttribute('aria-invalid')).toBe('true');
  await dialog.getByLabel('Reason').fill('The projector is broken');
  await expectAccessible(page);
  // While the worker sleeps, its bookings stay.
  const [worker] = browsing.boxoffice.workers;
  worker?.kill('SIGSTOP');
  try {
    await dialog.getByRole('button', { name: 'Cancel show' }).click();
    await dialog.getByText('3 of 3 seats left').waitFor();
  } finally {
    worker?.kill('SIGCONT');
  }
  await dialog.getByText('Done').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByText('This show is cancelled').waitFor();
  const { results } = await clients.alice.get('/api/my-bookings/', { params: { query: { status: 'cancelled' } } });
  const ofShow = results.filter(({ show_id }) => show_id === show);
  expect(ofShow.map(({ cancel_reason }) => cancel_reason)).toEqual(Array(2).fill('The projector is broken'));
  await page.goto('/admin/shows?from=2030-12-02&to=2030-12-03');
  await page.getByRole('cell', { name: 'cancelled' }).waitFor();
  await expect.poll(() => page.getByRole('button', { name: /^Cancel show/ }).count()).toBe(0);
});
