/** The admin portal in a browser. */
import { createBoxoffice } from '@boxoffice/client';
import { type Browsing, errorsOf, expectAccessible, startBrowsing, test } from '@boxoffice/testing/browser';
import { eventually } from '@boxoffice/testing/eventually';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

const password = 'correct horse';
let browsing: Browsing;
beforeAll(async () => {
  browsing = await startBrowsing();
  const { url, rows } = browsing.boxoffice;
  for (const username of ['boss', 'alice', 'bob', 'carol']) {
    await createBoxoffice({ url }).signUp({ username, email: `${username}@example.com`, password });
  }
  await rows(`update identity.users set role = 'admin' where username = 'boss'`);
});
afterAll(() => browsing?.stop());

/** A page of the portal with this user signed in. */
async function signIn(username: string, path = ''): Promise<Page> {
  const page = await browsing.newPage({ timezoneId: 'Europe/Berlin', locale: 'en-GB' });
  await page.goto(`/admin/${path}`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  return page;
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
const openSection = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Admin' }).getByRole('link', { name }).click();

/** A client of the API for this user. */
async function client(username: string) {
  const boxoffice = createBoxoffice({ url: browsing.boxoffice.url });
  await boxoffice.logIn({ username, password });
  return boxoffice;
}

test('an administrator adds a movie and schedules shows, and everyone sees them', async () => {
  const page = await signIn('boss', 'movies/new');
  await heading(page, 'Add a movie');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('alert').getByText('Please check: title, duration minutes').waitFor();
  await expect.poll(() => page.getByLabel('Title').getAttribute('aria-invalid')).toBe('true');
  await page.getByLabel('Title').fill('Perfect Days');
  await page.getByLabel('Running time').fill('124');
  await page.getByRole('button', { name: 'Add' }).click();

  await heading(page, 'Schedule shows');
  await page.getByLabel('Screen').fill('Screen 3');
  await page.getByLabel('First day').fill('2030-03-29'); // a Friday; clocks are set forward on Sunday
  await page.getByLabel('Last day').fill('2030-04-01');
  await page.getByLabel('Mon').uncheck();
  await page.getByLabel('Times of day').fill('19:30');
  await page.getByText('3 shows: 3 days').waitFor();
  await page.getByRole('button', { name: 'Add these shows' }).click();
  await heading(page, 'Shows');
  await page.getByText('3 shows', { exact: true }).waitFor();
  await expect.poll(() => page.locator('tbody tr').count()).toBe(3);

  const anyone = createBoxoffice({ url: browsing.boxoffice.url });
  const { results: movies } = await anyone.get('/api/movies/', { params: { query: { search: 'Perfect Days' } } });
  const path = { id: movies[0]?.id ?? 0 };
  const { results: shows } = await anyone.get('/api/movies/{id}/shows/', { params: { path } });
  expect(shows.map((show) => show.date_time)).toEqual([
    '2030-03-29T18:30:00.000Z',
    '2030-03-30T18:30:00.000Z',
    '2030-03-31T17:30:00.000Z',
  ]);
  await page.goto('/boxoffice/');
  await page.getByText('Perfect Days').first().waitFor();

  await page.goto('/admin/audit');
  await page.getByText('Created movie').first().waitFor();
  await expect.poll(() => page.locator('tbody tr', { hasText: 'Created show' }).count()).toBe(3);
});

test('a refusal is explained: deleting a movie with shows, moving booked seats', async () => {
  const show = await browsing.boxoffice.addShow();
  await (await client('alice')).book(show, ['A1']);
  const page = await signIn('boss', 'movies?search=Reel');
  await page.getByRole('button', { name: 'Delete: The Last Reel' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByText('Delete its shows first').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();

  await page.goto(`/admin/shows/${show}`);
  await page.getByLabel('Seats per row').fill('5');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText('1 booking').waitFor();
});

test("an administrator finds and cancels a user's booking, and its seats are free again", async () => {
  const show = await browsing.boxoffice.addShow();
  const booking = await (await client('bob')).book(show, ['C3', 'C4']);
  const page = await signIn('boss');
  await openSection(page, 'Bookings');
  await page.getByLabel('User name').fill('BOB');
  await page.getByLabel('Show ID').fill(String(show));
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('1 booking').waitFor();
  await page.getByRole('button', { name: 'Cancel booking: C3 C4 of bob' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel booking' }).click();
  await page.locator('td', { hasText: 'cancelled' }).waitFor();
  const { results } = await (await client('bob')).get('/api/my-bookings/', {});
  expect(results.find(({ id }) => id === booking.id)?.status).toBe('cancelled');
  expect((await (await client('alice')).book(show, ['C3'])).status).toBe('booked');
});

test('an outage is shown, and the list loads as soon as it is over', async () => {
  await browsing.boxoffice.addShow();
  const page = await signIn('boss');
  await heading(page, 'Dashboard');
  browsing.boxoffice.catalog.kill('SIGSTOP');
  try {
    await openSection(page, 'Shows');
    await page.getByText('Movies and shows are temporarily unavailable.').first().waitFor();
  } finally {
    browsing.boxoffice.catalog.kill('SIGCONT');
  }
  await page.getByRole('row', { name: 'The Last Reel' }).first().waitFor();
  await page.getByText('Movies and shows are temporarily unavailable.').first().waitFor({ state: 'detached' });
});

test('deactivation takes effect immediately', async () => {
  const carol = await client('carol');
  await carol.get('/api/my-bookings/', {});
  const page = await signIn('boss', 'users?search=carol');
  await page.getByRole('button', { name: 'Deactivate: carol' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
  await page.getByRole('button', { name: 'Activate: carol', exact: true }).waitFor();
  await expect(carol.get('/api/my-bookings/', {})).rejects.toMatchObject({ code: 'unauthenticated' });
});

test.each(['', 'users', 'movies/new', 'audit'])(
  'a user without the administrator role sees nothing of /admin/%s',
  async (path) => {
    const page = await signIn('alice', path);
    await page.getByRole('alert').getByText('administrators only').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await page.locator('table, form').count()).toBe(0);
  },
);

test('a wrong password is explained, and losing the role ends the visit', async () => {
  const page = await browsing.newPage();
  await page.goto('/admin/');
  await page.getByLabel('User name').fill('bob');
  await page.getByLabel('Password').fill('not this');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('no active account').waitFor();

  const boss = await client('boss');
  const bob = (await boss.get('/api/admin/users/', { params: { query: { search: 'bob' } } })).results[0]?.id ?? 0;
  const become = (role: 'user' | 'admin') =>
    boss.patch('/api/admin/users/{id}/', { params: { path: { id: bob } }, body: { role } });
  await become('admin');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await heading(page, 'Dashboard');
  await become('user');
  await page.getByText('administrators only').waitFor(); // the dashboard refreshes on its own
});

test('the dashboard shows current sales', async () => {
  const show = await browsing.boxoffice.addShow({ totalSeats: 10, startsAt: new Date(Date.now() + 3_600_000) });
  await (await client('alice')).book(show, ['A1', 'A2', 'A3', 'A4']);
  const page = await signIn('boss');
  await page.getByText('4 of 10 sold').waitFor();
  await page
    .getByRole('row', { name: /The Last Reel/ })
    .first()
    .waitFor();
  await eventually(async () => /ms|s$/.test((await page.locator('.figures dd').nth(3).textContent()) ?? ''));
  expect(errorsOf(page)).toEqual([]);
});

test('every view passes axe, in light and dark', { timeout: 120_000 }, async () => {
  const login = await browsing.newPage();
  await login.goto('/admin/');
  await heading(login, 'Boxoffice Admin');
  await expectAccessible(login);

  const show = await browsing.boxoffice.addShow();
  await (await client('alice')).book(show, ['A1']);
  const page = await signIn('boss');
  await page.locator('.fills li').first().waitFor();
  await expectAccessible(page);
  for (const path of ['movies', 'shows', 'bookings', 'users', 'audit']) {
    await page.goto(`/admin/${path}`);
    await page.locator('tbody tr').first().waitFor();
    await expectAccessible(page);
  }
  for (const path of ['movies/new', 'movies/1', 'shows/run', `shows/${show}`, 'users/new', 'users/1']) {
    await page.goto(`/admin/${path}`);
    await page.locator('form').waitFor();
    await expectAccessible(page);
  }
  await page.goto('/admin/users');
  await page.getByRole('button', { name: 'Deactivate: alice' }).click();
  await expectAccessible(page);
});

test('sections can be opened by keyboard, and a new view takes the focus', async () => {
  const page = await signIn('boss');
  await heading(page, 'Dashboard');
  await page.getByRole('link', { name: 'Movies' }).focus();
  await page.keyboard.press('Enter');
  await heading(page, 'Movies');
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Movies');
  expect(await page.title()).toBe('Movies · Boxoffice Admin');
  await page.goBack();
  await heading(page, 'Dashboard');
});
