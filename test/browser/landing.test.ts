/** The landing page. */
import { afterAll, beforeAll, expect } from 'vitest';
import { type Browsing, errorsOf, expectAccessible, startBrowsing, test } from '../support/browser.ts';

let browsing: Browsing;
beforeAll(async () => {
  browsing = await startBrowsing();
  await browsing.boxoffice.addShow();
});
afterAll(() => browsing?.stop());

test('it is there, accessible in light and dark, and complains of nothing', async () => {
  const page = await browsing.newPage();
  await page.goto('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await expectAccessible(page);
  expect(errorsOf(page)).toEqual([]);
});
