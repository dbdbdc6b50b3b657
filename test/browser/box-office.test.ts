/** The box office, as people use it. */

import { type Browsing, errorsOf, expectAccessible, startBrowsing, test } from '@boxoffice/testing/browser';
import { eventually } from '@boxoffice/testing/eventually';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

let browsing: Browsing;
let show: number;
beforeAll(async () => {
  browsing = await startBrowsing({ gateways: 2 });
});
afterAll(() => browsing?.stop());

const desktop = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };

/** Opens the page of a show of its own, signed in as this user, or as nobody. */
async function openShow(user?: number): Promise<Page> {
  show = await browsing.boxoffice.addShow({ totalSeats: 40 });
  return openSameShow(user);
}

async function openSameShow(user?: number): Promise<Page> {
  const page = await browsing.newPage();
  if (user !== undefined) {
    const tokens = JSON.stringify({ access: browsing.boxoffice.token(user) });
    await page.addInitScript((text) => localStorage.setItem('boxoffice.tokens', text), tokens);
  }
  await page.goto(`/boxoffice/shows/${show}`);
  await page.getByText(/seats free$/).waitFor();
  return page;
}

const seat = (page: Page, label: string) =>
  page.getByRole('button', { name: `Row ${label.slice(0, 1)} seat ${label.slice(1)},` });

async function choose(page: Page, ...labels: string[]): Promise<void> {
  for (const label of labels) await seat(page, label).click();
}

const chosenSeats = (page: Page) =>
  page.getByRole('list', { name: 'Chosen seats' }).getByRole('button').allTextContents();
const ticketOf = (page: Page, seats: string) => page.getByRole('article').getByText(seats, { exact: true });

/** Whether the page is no wider than the screen, so that nobody has to scroll sideways. */
const fits = (page: Page) => page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth');

test.for([
  ['desktop', desktop],
  ['phone', phone],
] as const)('a new person finds a show, books, and cancels: %s', { timeout: 180_000 }, async ([name, viewport]) => {
  const page = await browsing.newPage({ viewport });
  const looksWell = async () => {
    expect(await fits(page), page.url()).toBe(true);
    await expectAccessible(page);
  };
  show = await browsing.boxoffice.addShow({ totalSeats: 40 });
  expect((await browsing.boxoffice.book(show, ['B1', 'B2'], { user: 900, wait: 10 })).status).toBe(201);
  const title = `Night on ${name}`;
  await browsing.boxoffice.rows(
    'update catalog.movies set title = ? where id = (select movie_id from catalog.shows where id = ?)',
    [title, show],
  );

  await page.goto('/boxoffice/');
  await page.getByRole('link', { name: title, exact: true }).waitFor();
  await looksWell();
  await page.getByRole('link', { name: title, exact: true }).click();
  await page.getByRole('heading', { name: title, level: 1 }).waitFor();
  await looksWell();
  await page.getByRole('link', { name: '38 free' }).click();
  await page.getByText('38 of 40 seats free').waitFor();
  expect(await seat(page, 'B1').getAttribute('aria-label')).toBe('Row B seat 1, taken');

  await choose(page, 'C4', 'C5');
  await seat(page, 'B1').click({ force: true });
  expect(await chosenSeats(page)).toEqual(['C4', 'C5']);
  await looksWell();
  await page.getByRole('button', { name: 'Book 2 seats' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Your choice: C4 and C5.').waitFor();
  await dialog.getByRole('button', { name: 'Make an account' }).click();
  await looksWell();
  await dialog.getByLabel('User name').fill(`a ${name}`);
  await dialog.getByLabel('E-mail').fill(`${name}@example.com`);
  await dialog.getByLabel('Password').fill('correct horse');
  await dialog.getByRole('button', { name: 'Make account' }).click();
  await dialog.getByText('Letters, digits').waitFor();
  await looksWell();
  await dialog.getByLabel('User name').fill(`somebody.${name}`);
  await dialog.getByRole('button', { name: 'Make account' }).click();

  await ticketOf(page, 'C4 C5').waitFor();
  await looksWell();
  await page.getByRole('link', { name: 'My bookings' }).first().click();
  await page.getByRole('button', { name: `Cancel booking: C4 and C5, ${title}` }).click();
  await looksWell();
  await dialog.getByRole('button', { name: 'Cancel booking' }).click();
  await page.getByText('cancelled').waitFor();
  await looksWell();
  const { body } = await browsing.boxoffice.call<{ available_seats: number }>(`/api/shows/${show}/`);
  expect(body.available_seats).toBe(38);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('Sign in to see them.').waitFor();
  await page.goto('/boxoffice/shows/99999');
  await page.getByRole('heading', { name: 'No such show' }).waitFor();
  await looksWell();
  // To a browser's console every refusal is an error: that of the user name, and of the show that there is not.
  expect(errorsOf(page).filter((error) => !/status of (400|404)/.test(error))).toEqual([]);
});

test('with the keyboard alone', async () => {
  const page = await openShow(7);
  const focused = () => page.evaluate<string>('document.activeElement.ariaLabel');
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await page.locator('h1').focus();
  // Past the link to other shows: the hall is one stop.
  await press('Tab', 'Tab');
  expect(await focused()).toBe('Row A seat 1, available');
  await press('ArrowLeft', 'ArrowUp');
  expect(await focused()).toBe('Row A seat 1, available');
  await press('ArrowDown', 'ArrowRight', 'ArrowRight', 'Space', 'ArrowDown', 'Enter');
  expect(await focused()).toBe('Row C seat 3, chosen');
  await press('End', 'Space', 'Control+End', 'Space', 'Space', 'Control+Home');
  expect(await focused()).toBe('Row A seat 1, available');
  expect(await chosenSeats(page)).toEqual(['B3', 'C3', 'C10']);
  const outline = () => page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
  expect(await outline()).toBe('solid');

  // What was chosen, one by one, then the button that books it.
  await press('Tab', 'Tab', 'Tab', 'Tab');
  expect(await outline()).toBe('solid');
  await press('Enter');
  await ticketOf(page, 'B3 C3 C10').waitFor();
  expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('Enjoy the show');
});

test('ten seats are the most, and the choice survives a reload', async () => {
  const page = await openShow();
  for (let number = 1; number <= 10; number++) await choose(page, `A${number}`);
  await choose(page, 'B1');
  await page.getByText('10 seats at most in one booking.').waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Book 10 seats' }).waitFor();
});

test('a seat that another books is seen to go, and the rest of the choice is kept', async () => {
  const page = await openShow();
  await choose(page, 'A5', 'A6', 'A7');
  expect((await browsing.boxoffice.book(show, ['A5', 'A6'], { user: 8, wait: 10 })).status).toBe(201);
  await page.getByText('A5 and A6 were just taken.').waitFor();
  await page.getByRole('button', { name: 'Row A seat 5, taken' }).waitFor();
  expect(await chosenSeats(page)).toEqual(['A7']);
});

test('what is booked at one gateway is on a map of the other within 500 ms of the commit', async () => {
  const { boxoffice } = browsing;
  const page = await openShow();
  await page.evaluate(`
    globalThis.takenAt = {};
    new MutationObserver(() => {
      for (const { dataset } of document.querySelectorAll('.seat.booked')) takenAt[dataset.seat] ??= Date.now();
    }).observe(document.querySelector('.seats'), { subtree: true, childList: true, attributes: true });
  `);
  const delaysMs: number[] = [];
  for (const label of ['C1', 'C2', 'C3', 'C4', 'C5']) {
    const gateway = boxoffice.gateways[1];
    const { body } = await boxoffice.book(show, label, { user: 14, wait: 10, ...(gateway && { gateway }) });
    const seenAt = await eventually(() => page.evaluate<number | undefined>(`takenAt.${label}`));
    // When the transaction began: no later than its commit.
    const [began] = await boxoffice.rows<{ ms: number }>(
      'select (extract(epoch from created_at) * 1000)::float8 as ms from booking.bookings where id = ?',
      [body.id],
    );
    delaysMs.push(Math.round(seenAt - (began?.ms ?? 0)));
  }
  console.log(`From the transaction's beginning to the other's map: ${delaysMs.join(', ')} ms`);
  // One or two may meet a machine that is busy with something else.
  expect(delaysMs.toSorted((one, other) => one - other)[2]).toBeLessThan(500);
});

test('two browsers, one seat: one gets it, the other is told', async () => {
  const first = await openShow(10);
  const second = await openSameShow(11);
  const [worker] = browsing.boxoffice.workers;
  await choose(first, 'D1');
  await choose(second, 'D1', 'D2');
  // Both are in the line before one of them is decided.
  worker?.kill('SIGSTOP');
  try {
    await first.getByRole('button', { name: 'Book 1 seat' }).click();
    await first.getByText('Your place in the line:').waitFor();
    await second.getByRole('button', { name: 'Book 2 seats' }).click();
    await second.getByText('Your place in the line:').waitFor();
  } finally {
    worker?.kill('SIGCONT');
  }
  await ticketOf(first, 'D1').waitFor();
  await second.getByText('D1 was just taken.').waitFor();
  await second.getByRole('button', { name: 'Row D seat 1, taken' }).waitFor();
  expect(await chosenSeats(second)).toEqual(['D2']);
  await second.getByRole('button', { name: 'Book 1 seat' }).click();
  await ticketOf(second, 'D2').waitFor();
});

test('a reload in mid-booking finds the same request again', async () => {
  const page = await openShow(12);
  const [worker] = browsing.boxoffice.workers;
  await choose(page, 'B2');
  worker?.kill('SIGSTOP');
  try {
    // Once before the request was answered, and once behind it.
    await page.getByRole('button', { name: 'Book 1 seat' }).click();
    await page.reload();
    await page.getByText('Your place in the line: 1').waitFor();
    await expectAccessible(page);
    await page.reload();
    await page.getByText('Your place in the line: 1').waitFor();
  } finally {
    worker?.kill('SIGCONT');
  }
  await ticketOf(page, 'B2').waitFor();
  const { body } = await browsing.boxoffice.call<{ count: number }>('/api/my-bookings/', { user: 12 });
  expect(body.count).toBe(1);
  await page.goBack();
  await page.getByText('39 of 40 seats free').waitFor();
  expect(await chosenSeats(page)).toEqual([]);
});

test('signing out in another tab is seen', async () => {
  const page = await openShow(13);
  const other = await page.context().newPage();
  await other.goto('/boxoffice/');
  await other.evaluate(() => localStorage.removeItem('boxoffice.tokens'));
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
});
