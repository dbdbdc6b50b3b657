/** The admin portal on a phone, and what it says before there is any data. */
import { createBoxoffice, memoryTokens } from '@boxoffice/client';
import { type Browsing, expectAccessible, startBrowsing, test } from '@boxoffice/testing/browser';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

const account = { username: 'boss', password: 'correct horse' };
const tokens = memoryTokens();

let browsing: Browsing;
beforeAll(async () => {
  browsing = await startBrowsing();
  const { url, rows } = browsing.boxoffice;
  const boxoffice = createBoxoffice({ url, tokens });
  await boxoffice.signUp({ ...account, email: 'boss@example.com' });
  await rows(`update identity.users set role = 'admin' where username = 'boss'`);
  await boxoffice.logIn(account);
});
afterAll(() => browsing?.stop());

async function openOnPhone(): Promise<Page> {
  const page = await browsing.newPage({ viewport: { width: 390, height: 780 } });
  await page.addInitScript((text) => localStorage.setItem('boxoffice.tokens', text), JSON.stringify(tokens.read()));
  return page;
}

const expectToFit = async (page: Page) =>
  expect(await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'), page.url()).toBe(true);

test('every empty list says what to do next', async () => {
  const page = await openOnPhone();
  const hints = {
    '': ['Schedule shows to put them on sale.', 'Sales appear here as soon as someone books'],
    movies: ['Add your first movie'],
    shows: ['Schedule your first shows'],
    bookings: ['Bookings appear here as soon as someone books.'],
    'users?search=nobody': ['Clear the filters'],
    audit: ['Every change that an administrator makes is recorded here.'],
  };
  for (const [path, texts] of Object.entries(hints)) {
    await page.goto(`/admin/${path}`);
    for (const text of texts) await page.locator('.empty', { hasText: text }).waitFor();
    await expectToFit(page);
  }
});

test('every view fits a phone without horizontal scrolling', { timeout: 120_000 }, async () => {
  const { boxoffice } = browsing;
  const show = await boxoffice.addShow();
  const booking = await boxoffice.book(show, ['A1', 'A2', 'A3'], { user: 7, wait: 10 });
  const client = createBoxoffice({ url: boxoffice.url, tokens });
  const path = { id: (booking.body as { id: string }).id };
  await client.post('/api/admin/bookings/{id}/cancel/', { params: { path } });
  await boxoffice.book(show, ['B1', 'B2', 'B3'], { user: 7, wait: 10 });

  const page = await openOnPhone();
  for (const path of ['', 'movies', 'shows', 'bookings', 'users', 'audit']) {
    await page.goto(`/admin/${path}`);
    // Rows are blocks here, and still rows to screen readers.
    await page.getByRole('region').getByRole('row').nth(1).waitFor();
    await expectToFit(page);
    await expectAccessible(page);
  }
  for (const path of ['movies/new', 'shows/run', `shows/${show}`, 'users/1']) {
    await page.goto(`/admin/${path}`);
    await page.locator('form').waitFor();
    await expectToFit(page);
  }
});
