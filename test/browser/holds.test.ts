/** A hold from the choice of seats to its end: confirmed, replaced, released, expired, or cancelled with its show. */
import { type Browsing, errorsOf, expectAccessible, startBrowsing, test } from '@boxoffice/testing/browser';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { addPricedShow, fits, heading, openAs, openShow, select, takenSeats } from './priced-hall.ts';

let browsing: Browsing;
beforeAll(async () => {
  browsing = await startBrowsing();
});
afterAll(() => browsing?.stop());

const phone = { viewport: { width: 360, height: 740 } };

/** Lets a hold end this many seconds from now. */
async function endIn(seconds: number, bookingId: string): Promise<void> {
  const ends = `expires_at = now() + interval '${seconds} seconds'`;
  await browsing.boxoffice.rows(
    `with claims as (update booking.seat_claims set ${ends} where booking_id = ? returning booking_id)
     update booking.bookings set ${ends} where id in (select booking_id from claims)`,
    [bookingId],
  );
}

const hold = async (show: number, seats: string[], user: number) => {
  const { status, body } = await browsing.boxoffice.hold(show, seats, { user, wait: 10 });
  expect(status).toBe(201);
  return body.id;
};

/** What a countdown shows, in seconds. */
async function secondsLeft(page: Page): Promise<number> {
  const [minutes = 0, seconds = 0] = ((await page.getByRole('timer').textContent()) ?? '').split(':').map(Number);
  return 60 * minutes + seconds;
}

test('a hold survives a reload and a wrong clock, is confirmed, and shown and paid at the counter', async () => {
  const show = await addPricedShow(browsing);
  const page = await browsing.newPage(phone);
  await page.addInitScript('{ const now = Date.now; Date.now = () => now() + 3_600_000; }');
  const tokens = JSON.stringify({ access: browsing.boxoffice.token(1) });
  await page.addInitScript((text) => localStorage.setItem('boxoffice.tokens', text), tokens);
  await page.goto(`/boxoffice/shows/${show}`);
  await select(page, 'B1', 'C1');
  await page.getByText('€21.50 due at the counter').waitFor();
  await page.getByRole('button', { name: 'Hold 2 seats' }).click();
  await heading(page, 'Your seats are held');
  await page.getByText('You pay €21.50 at the counter').waitFor();
  expect(await fits(page)).toBe(true);
  await expectAccessible(page);

  await page.reload();
  await heading(page, 'Your seats are held');
  const left = await secondsLeft(page);
  const shown = (await page.getByRole('timer').textContent()) ?? '';
  expect(left).toBeGreaterThan(400);
  expect(left).toBeLessThanOrEqual(601);
  await page.getByRole('timer').filter({ hasNotText: shown }).waitFor();

  await page.getByRole('button', { name: 'Confirm' }).click();
  await heading(page, 'Enjoy the show');
  const id = page.url().split('/').at(-1) ?? '';
  const { body } = await browsing.boxoffice.call<{ code: string }>(`/api/bookings/${id}/`, { user: 1 });
  const code = `${body.code.slice(0, 4)}-${body.code.slice(4)}`;
  await page.getByText('Show this code at the counter, and pay €21.50').waitFor();
  await page.getByText(code).waitFor();
  expect(await fits(page)).toBe(true);
  await expectAccessible(page);

  await page.getByRole('link', { name: 'My bookings' }).first().click();
  await page.getByText(`€21.50 due at the counter, code ${code}`).waitFor();
  await browsing.boxoffice.call(`/api/admin/bookings/${id}/pay/`, {
    ...{ method: 'POST', user: 99, role: 'admin', body: { paid_with: 'cash' } },
  });
  await page.getByText(`€21.50 paid, code ${code}`).waitFor();
  expect(errorsOf(page)).toEqual([]);
});

test('two tabs agree: what one confirms, the other shows', async () => {
  const show = await addPricedShow(browsing);
  const id = await hold(show, ['A1'], 2);
  const page = await openAs(browsing, 2, `/bookings/${id}`);
  const other = await page.context().newPage();
  await other.goto(`/boxoffice/bookings/${id}`);
  await heading(page, 'Your seats are held');
  await heading(other, 'Your seats are held');
  expect(Math.abs((await secondsLeft(page)) - (await secondsLeft(other)))).toBeLessThanOrEqual(2);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await heading(page, 'Enjoy the show');
  await heading(other, 'Your ticket');
});

test('at the end, the page says so kindly, and the seats can be held again', async () => {
  const show = await addPricedShow(browsing);
  const id = await hold(show, ['A1', 'A2'], 3);
  await endIn(8, id);
  const page = await openAs(browsing, 3, `/bookings/${id}`);
  await heading(page, 'Your seats are held');
  await page.getByRole('status').getByText('Less than a minute left').waitFor({ state: 'attached' });
  await heading(page, 'Your hold has ended');
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Your hold has ended');
  await page.getByText('ran out, so they are on sale to everyone again. Nothing was charged.').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Hold them again' }).click();
  await heading(page, 'Your seats are held');
  expect(await secondsLeft(page)).toBeGreaterThan(400);
  expect(page.url()).not.toContain(id);

  // Somebody else is faster the next time.
  const again = page.url().split('/').at(-1) ?? '';
  await endIn(0, again);
  await page.reload();
  await heading(page, 'Your hold has ended');
  await hold(show, ['A2'], 4);
  await page.getByRole('button', { name: 'Hold them again' }).click();
  await page.getByText('A2 was just taken.').waitFor();
  await page.getByRole('link', { name: 'Choose other seats' }).click();
  await page.getByText(/seats free$/).waitFor();

  await page.getByRole('link', { name: 'My bookings' }).click();
  await page.getByText('expired: it was not confirmed in time').first().waitFor();
  await expectAccessible(page);
});

test('a hold can be replaced, but only when asked, and released', async () => {
  const show = await addPricedShow(browsing);
  const id = await hold(show, ['A1', 'A2'], 5);
  const page = await openShow(browsing, 5, show);
  await page.getByText('You hold A1 and A2 for another').waitFor();
  await page.getByRole('button', { name: 'Row A seat 1, standard, €9.00, held for you' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Go to your hold' }).click();
  await heading(page, 'Your seats are held');
  await page.getByRole('link', { name: 'Choose other seats' }).click();
  await select(page, 'A2', 'A3');
  expect(await takenSeats(browsing, show)).toEqual(['A1', 'A2']);
  await page.getByRole('button', { name: 'Hold 2 seats instead' }).click();
  await heading(page, 'Your seats are held');
  expect(await takenSeats(browsing, show)).toEqual(['A2', 'A3']);
  const { body } = await browsing.boxoffice.call(`/api/bookings/${id}/`, { user: 5 });
  expect(body.status).toBe('cancelled');

  await page.getByRole('link', { name: 'My bookings' }).click();
  await page.getByText('held for another').waitFor();
  await page.getByRole('link', { name: /^Confirm or release: A2 and A3/ }).click();
  await page.getByRole('button', { name: /^Release seats: A2 and A3/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Release seats' }).click();
  await page.getByText('28 of 28 seats free').waitFor();
  expect(await takenSeats(browsing, show)).toEqual([]);
});

test('when the show is cancelled, its hold and its booking say why', async () => {
  const show = await addPricedShow(browsing);
  const id = await hold(show, ['A1'], 6);
  const page = await openAs(browsing, 6, `/bookings/${id}`);
  await heading(page, 'Your seats are held');
  await browsing.boxoffice.call(`/api/admin/shows/${show}/cancel/`, {
    ...{ method: 'POST', user: 99, role: 'admin', body: { reason: 'The projector is broken' } },
  });
  await heading(page, 'This booking is cancelled');
  await page.getByText('The projector is broken').waitFor();
  await page.getByRole('link', { name: 'My bookings' }).first().click();
  await page.getByText('cancelled: The projector is broken').waitFor();
});
