/** Halls as they are: aisles, categories with prices, accessible seats; and what the rules of a show say about them. */
import { type Browsing, expectAccessible, startBrowsing, test } from '@boxoffice/testing/browser';
import { afterAll, beforeAll, expect } from 'vitest';
import { addPricedShow, changeShow, fits, heading, openAs, openShow, seat, select, takenSeats } from './priced-hall.ts';

let browsing: Browsing;
beforeAll(async () => {
  browsing = await startBrowsing();
});
afterAll(() => browsing?.stop());

const phone = { viewport: { width: 360, height: 740 } };

test('the map shows aisles, categories with their prices, and accessible seats, on a phone too', async () => {
  const show = await addPricedShow(browsing);
  const page = await openShow(browsing, 1, show, phone);
  const left = async (label: string) => (await seat(page, label).boundingBox())?.x ?? 0;
  // An aisle as wide as a seat, and a wide gap in the last row, whose third seat is in column 8.
  const step = (await left('B2')) - (await left('B1'));
  expect((await left('B5')) - (await left('B4'))).toBeCloseTo(2 * step, 0);
  expect(await left('D3')).toBeCloseTo(await left('B7'), 0);

  const names = async (label: string) => seat(page, label).getAttribute('aria-label');
  expect(await names('C1')).toBe('Row C seat 1, premium, €12.50, available');
  expect(await names('D1')).toBe('Row D seat 1, accessible, standard, €9.00, available');
  await expect
    .poll(() => page.getByRole('list', { name: 'Categories' }).getByRole('listitem').allTextContents())
    .toEqual(['standard €9.00', 'premium €12.50']);
  // Not by colour alone.
  const border = (label: string) =>
    page.evaluate<string>(`getComputedStyle(document.querySelector('[data-seat=${label}]')).borderStyle`);
  expect(await border('C1')).not.toBe(await border('B1'));
  await expect.poll(() => seat(page, 'D1').locator('svg').count()).toBe(1);
  expect(await fits(page)).toBe(true);
  await expectAccessible(page);
});

test('arrow keys lead straight ahead, across aisles', async () => {
  const page = await openShow(browsing, 1, await addPricedShow(browsing));
  const press = async (key: string) => {
    await page.keyboard.press(key);
    return page.evaluate<string>('document.activeElement.dataset.seat');
  };
  await seat(page, 'C7').click();
  // C7 is in column 8, as is D3. Column 5 of row C is an aisle.
  expect(await press('ArrowDown')).toBe('D3');
  expect(await press('ArrowLeft')).toBe('D2');
  expect(await press('ArrowRight')).toBe('D3');
  expect(await press('ArrowUp')).toBe('C7');
});

test.each([
  ['JPY', 'JP¥900', 'JP¥1,250'],
  ['KWD', 'KWD 0.900', 'KWD 1.250'],
])('prices have as many decimals as their currency: %s', async (currency, standard, premium) => {
  const page = await openShow(browsing, 1, await addPricedShow(browsing, { currency }));
  const legend = page.getByRole('list', { name: 'Categories' }).getByRole('listitem');
  const texts = await legend.allTextContents();
  expect(texts.map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([`standard ${standard}`, `premium ${premium}`]);
});

test('the best seats are found: as many as wished, in a category, accessible or not', async () => {
  const show = await addPricedShow(browsing);
  const page = await openShow(browsing, 2, show, phone);
  await page.getByLabel('Find me the best').selectOption('3 seats');
  // Without the category, row C would be better.
  await page.getByLabel('Category').selectOption('standard');
  await page.getByRole('button', { name: 'Hold them' }).click();
  await heading(page, 'Your seats are held');
  const held = await takenSeats(browsing, show);
  expect(held.map((label) => label[0])).toEqual(['B', 'B', 'B']);
  await page.getByRole('row', { name: 'Total €27.00' }).waitFor();

  await page.goto(`/boxoffice/shows/${show}`);
  await page.getByText('Go to your hold').waitFor();
  await page.getByLabel('Find me the best').selectOption('3 seats');
  await page.getByRole('checkbox', { name: 'accessible' }).check();
  await page.getByRole('button', { name: 'Hold them instead' }).click();
  await page.getByText('At most 2 are free together. Ask for fewer').waitFor();
  await page.getByLabel('Find me the best').selectOption('2 seats');
  await page.getByRole('button', { name: 'Hold them instead' }).click();
  await heading(page, 'Your seats are held');
  expect(await takenSeats(browsing, show)).toEqual(['D1', 'D2']);
});

test('a price that changes meanwhile is not paid unseen', async () => {
  const show = await addPricedShow(browsing);
  const page = await openShow(browsing, 3, show);
  await select(page, 'A1');
  await page.getByText('€9.00 due at the counter').waitFor();
  await page.route(
    '**/holds/',
    async (route) => {
      await changeShow(browsing, show, { prices: { standard: 950, premium: 1_250 } });
      await route.continue();
    },
    { times: 1 },
  );
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await page.getByText('The price has just changed, so these seats are not held').waitFor();
  await page.getByText('€9.50 due at the counter').waitFor();
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await heading(page, 'Your seats are held');
});

test('a single seat left alone, and too many seats, are explained with what to do next', async () => {
  const show = await addPricedShow(browsing, { forbid_single_seats: true, max_seats_per_user: 4 });
  await browsing.boxoffice.book(show, ['A1'], { user: 5, wait: 10 });
  const page = await openShow(browsing, 4, show);
  await select(page, 'A3');
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await page.getByText('Seat A2 would be left alone between taken seats.').waitFor();
  await page.getByRole('button', { name: 'Take A2 as well' }).click();
  await page.getByRole('button', { name: 'Hold 2 seats' }).click();
  await heading(page, 'Your seats are held');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await heading(page, 'Enjoy the show');

  await page.goto(`/boxoffice/shows/${show}`);
  await select(page, 'B1', 'B2', 'B3');
  await page.getByRole('button', { name: 'Hold 3 seats' }).click();
  await page.getByText('Each person can have up to 4 seats of this show').waitFor();
  await expectAccessible(page);
});

test('sales open by themselves, and the programme says what can be had', async () => {
  const inSeconds = (seconds: number) => new Date(Date.now() + 1_000 * seconds).toISOString();
  const show = await addPricedShow(browsing, { sales_open_at: inSeconds(3_600) });
  const cancelled = await addPricedShow(browsing);
  await browsing.boxoffice.call(`/api/admin/shows/${cancelled}/cancel/`, {
    ...{ method: 'POST', user: 99, role: 'admin', body: { reason: 'The projector is broken' } },
  });
  const page = await openShow(browsing, 6, show);
  await page.getByText('Sales open on').waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Hold' }).isDisabled()).toBe(true);
  const programme = await openAs(browsing, 6, '/', phone);
  const entry = (id: number) => programme.locator(`a[href="/boxoffice/shows/${id}"]`);
  await entry(show).getByText('€9.00 – €12.50').waitFor();
  await entry(show).getByText('sales open').waitFor();
  await entry(cancelled).getByText('cancelled').waitFor();
  expect(await fits(programme)).toBe(true);
  await expectAccessible(programme);

  // The page that is open learns of the earlier time, and waits for it.
  await changeShow(browsing, show, { sales_open_at: inSeconds(2) });
  await page.getByText('Select seats on the map.').waitFor();
  await select(page, 'A1');
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await heading(page, 'Your seats are held');
  await page.goto(`/boxoffice/shows/${cancelled}`);
  await page.getByText('This show has been cancelled.').waitFor();
});
