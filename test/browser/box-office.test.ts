/** The box office in a browser. */

import { type Browsing, errorsOf, expectAccessible, startBrowsing, test } from '@boxoffice/testing/browser';
import { eventually } from '@boxoffice/testing/eventually';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { fits, seat, select } from './priced-hall.ts';

let browsing: Browsing;
let show: number;
beforeAll(async () => {
  browsing = await startBrowsing({ gateways: 2 });
});
afterAll(() => browsing?.stop());

const desktop = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };

/** Opens the page of a new show, signed in as this user, or not at all. */
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

const selectedSeats = (page: Page) =>
  page.getByRole('list', { name: 'Selected seats' }).getByRole('button').allTextContents();
const heldSeats = (page: Page, seats: string) =>
  page.getByRole('article', { name: /^Held seats for/ }).getByText(seats, { exact: true });
const ticketOf = (page: Page, seats: string) =>
  page.getByRole('article', { name: /^Ticket for/ }).getByText(seats, { exact: true });

test.for([
  ['desktop', desktop],
  ['phone', phone],
] as const)(
  'a new visitor finds a show, signs up, holds seats, confirms, and cancels: %s',
  { timeout: 180_000 },
  async ([name, viewport]) => {
    const page = await browsing.newPage({ viewport });
    const expectUsable = async () => {
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
    await expectUsable();
    await page.getByRole('link', { name: title, exact: true }).click();
    await page.getByRole('heading', { name: title, level: 1 }).waitFor();
    await expectUsable();
    await page.getByRole('link', { name: '38 free' }).click();
    await page.getByText('38 of 40 seats free').waitFor();
    await expect.poll(() => seat(page, 'B1').getAttribute('aria-label')).toBe('Row B seat 1, taken');

    await select(page, 'C4', 'C5');
    await seat(page, 'B1').click({ force: true });
    expect(await selectedSeats(page)).toEqual(['C4', 'C5']);
    await expectUsable();
    await page.getByRole('button', { name: 'Hold 2 seats' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Your seats: C4 and C5.').waitFor();
    await dialog.getByRole('button', { name: 'Create an account' }).click();
    await expectUsable();
    await dialog.getByLabel('User name').fill(`a ${name}`);
    await dialog.getByLabel('Email').fill(`${name}@example.com`);
    await dialog.getByLabel('Password').fill('correct horse');
    await dialog.getByRole('button', { name: 'Create account' }).click();
    await dialog.getByText('Letters, digits').waitFor();
    await expectUsable();
    await dialog.getByLabel('User name').fill(`somebody.${name}`);
    await dialog.getByRole('button', { name: 'Create account' }).click();

    await heldSeats(page, 'C4 C5').waitFor();
    await page.getByText('There is nothing to pay.').waitFor();
    await expectUsable();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await ticketOf(page, 'C4 C5').waitFor();
    await expectUsable();
    await page.getByRole('link', { name: 'My bookings' }).first().click();
    await page.getByRole('button', { name: `Cancel booking: C4 and C5, ${title}` }).click();
    await expectUsable();
    await dialog.getByRole('button', { name: 'Cancel booking' }).click();
    await page.getByText('cancelled').waitFor();
    await expectUsable();
    const { body } = await browsing.boxoffice.call<{ available_seats: number }>(`/api/shows/${show}/`);
    expect(body.available_seats).toBe(38);

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Sign in to see your bookings.').waitFor();
    await page.goto('/boxoffice/shows/99999');
    await page.getByRole('heading', { name: 'Show not found' }).waitFor();
    await expectUsable();
    // Browsers log every error response: the refused user name, and the show that does not exist.
    expect(errorsOf(page).filter((error) => !/status of (400|404)/.test(error))).toEqual([]);
  },
);

test('seats can be selected, held and confirmed by keyboard alone', async () => {
  const page = await openShow(7);
  const focused = () => page.evaluate<string>('document.activeElement.ariaLabel');
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await page.locator('h1').focus();
  // Past the link to other shows and the search for the best seats: the whole grid is one tab stop.
  await press('Tab', 'Tab', 'Tab', 'Tab');
  expect(await focused()).toBe('Row A seat 1, available');
  await press('ArrowLeft', 'ArrowUp');
  expect(await focused()).toBe('Row A seat 1, available');
  await press('ArrowDown', 'ArrowRight', 'ArrowRight', 'Space', 'ArrowDown', 'Enter');
  expect(await focused()).toBe('Row C seat 3, selected');
  await press('End', 'Space', 'Control+End', 'Space', 'Space', 'Control+Home');
  expect(await focused()).toBe('Row A seat 1, available');
  expect(await selectedSeats(page)).toEqual(['B3', 'C3', 'C10']);
  const outline = () => page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
  expect(await outline()).toBe('solid');

  // The selected seats, one by one, then the button that holds them.
  await press('Tab', 'Tab', 'Tab', 'Tab');
  expect(await outline()).toBe('solid');
  await press('Enter');
  await heldSeats(page, 'B3 C3 C10').waitFor();
  const heading = () => page.evaluate<string>('document.activeElement.textContent');
  expect(await heading()).toBe('Your seats are held');
  await press('Tab', 'Enter');
  await ticketOf(page, 'B3 C3 C10').waitFor();
  expect(await heading()).toBe('Enjoy the show');
});

test('at most ten seats can be selected, and the selection survives a reload', async () => {
  const page = await openShow();
  for (let number = 1; number <= 10; number++) await select(page, `A${number}`);
  await select(page, 'B1');
  await page.getByText('You can choose up to 10 seats.').waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Hold 10 seats' }).waitFor();
});

test('seats booked by someone else leave the selection, the others stay', async () => {
  const page = await openShow();
  await select(page, 'A5', 'A6', 'A7');
  expect((await browsing.boxoffice.book(show, ['A5', 'A6'], { user: 8, wait: 10 })).status).toBe(201);
  await page.getByText('A5 and A6 were just taken.').waitFor();
  await page.getByRole('button', { name: 'Row A seat 5, taken' }).waitFor();
  expect(await selectedSeats(page)).toEqual(['A7']);
});

test('a booking through one gateway appears on maps of another within 500 ms of the commit', async () => {
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
    // The time when the transaction began, which is no later than its commit.
    const [began] = await boxoffice.rows<{ ms: number }>(
      'select (extract(epoch from created_at) * 1000)::float8 as ms from booking.bookings where id = ?',
      [body.id],
    );
    delaysMs.push(Math.round(seenAt - (began?.ms ?? 0)));
  }
  console.log(`From the start of the transaction to the map: ${delaysMs.join(', ')} ms`);
  // The median, because one or two may be delayed by other work on the machine.
  expect(delaysMs.toSorted((one, other) => one - other)[2]).toBeLessThan(500);
});

test('two browsers request one seat: one gets it, the other sees that it was taken', async () => {
  const first = await openShow(10);
  const second = await openSameShow(11);
  const [worker] = browsing.boxoffice.workers;
  await select(first, 'D1');
  await select(second, 'D1', 'D2');
  // Both requests are queued before either is decided.
  worker?.kill('SIGSTOP');
  try {
    await first.getByRole('button', { name: 'Hold 1 seat' }).click();
    await first.getByText('Your position in the queue:').waitFor();
    await second.getByRole('button', { name: 'Hold 2 seats' }).click();
    await second.getByText('Your position in the queue:').waitFor();
  } finally {
    worker?.kill('SIGCONT');
  }
  await heldSeats(first, 'D1').waitFor();
  await second.getByText('D1 was just taken.').waitFor();
  await second.getByRole('button', { name: 'Row D seat 1, taken' }).waitFor();
  expect(await selectedSeats(second)).toEqual(['D2']);
  await second.getByRole('button', { name: 'Hold 1 seat' }).click();
  await heldSeats(second, 'D2').waitFor();
});

test('a reload while seats are being held resumes the same request', async () => {
  const page = await openShow(12);
  const [worker] = browsing.boxoffice.workers;
  await select(page, 'B2');
  worker?.kill('SIGSTOP');
  try {
    // Once before the request has been accepted, and once after.
    await page.getByRole('button', { name: 'Hold 1 seat' }).click();
    await page.reload();
    await page.getByText('Your position in the queue: 1').waitFor();
    await expectAccessible(page);
    await page.reload();
    await page.getByText('Your position in the queue: 1').waitFor();
  } finally {
    worker?.kill('SIGCONT');
  }
  await heldSeats(page, 'B2').waitFor();
  const { body } = await browsing.boxoffice.call<{ count: number }>('/api/my-bookings/', { user: 12 });
  expect(body.count).toBe(1);
  await page.goBack();
  await page.getByText('39 of 40 seats free').waitFor();
  expect(await selectedSeats(page)).toEqual([]);
});

test('signing out in another tab takes effect in this one', async () => {
  const page = await openShow(13);
  const other = await page.context().newPage();
  await other.goto('/boxoffice/');
  await other.evaluate(() => localStorage.removeItem('boxoffice.tokens'));
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
});
