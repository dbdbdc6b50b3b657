/** The ticket's QR code. */
import { type Browsing, startBrowsing, test } from '@boxoffice/testing/browser';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, expect } from 'vitest';

let browsing: Browsing;
beforeAll(async () => {
  browsing = await startBrowsing();
});
afterAll(() => browsing?.stop());

test.each(['light', 'dark'] as const)('the QR code carries the address of the ticket: %s', async (colorScheme) => {
  const { boxoffice } = browsing;
  const show = await boxoffice.addShow();
  const { body: booking } = await boxoffice.book(show, 'A1', { user: 1, wait: 10 });
  const page = await browsing.newPage({ colorScheme, viewport: { width: 390, height: 780 } });
  const tokens = JSON.stringify({ access: boxoffice.token(1) });
  await page.addInitScript((text) => localStorage.setItem('boxoffice.tokens', text), tokens);
  const address = `${boxoffice.url}/boxoffice/bookings/${booking.id}`;
  await page.goto(address);

  const code = page.getByRole('img', { name: `QR code with the address of this ticket: ${address}` });
  const { data, width, height } = PNG.sync.read(await code.screenshot());
  expect(jsQR.default(new Uint8ClampedArray(data), width, height)?.data).toBe(address);
});
