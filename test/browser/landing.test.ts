/** The landing page. */

import { type Browsing, errorsOf, expectAccessible, startBrowsing, test } from '@boxoffice/testing/browser';
import { afterAll, beforeAll, expect } from 'vitest';

let browsing: Browsing;
let show: number;
beforeAll(async () => {
  browsing = await startBrowsing();
  show = await browsing.boxoffice.addShow({ totalSeats: 8 });
});
afterAll(() => browsing?.stop());

test.for([
  ['desktop', 1280],
  ['phone', 360],
] as const)('loads without errors and is accessible in light and dark: %s', async ([, width]) => {
  const page = await browsing.newPage({ viewport: { width, height: 800 } });
  await page.goto('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  // Exactly one of the two diagrams, wide or tall, is shown.
  expect(await page.getByRole('img', { name: /Three people request seat B7/ }).count()).toBe(1);
  expect(await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await expectAccessible(page);
  expect(errorsOf(page)).toEqual([]);
});

test('works without JavaScript: upcoming shows, links to them, and commands to select', async () => {
  const page = await browsing.newPage({ javaScriptEnabled: false });
  await page.goto('/');
  expect(await page.getByRole('button').count()).toBe(0);
  expect(await page.locator('#playing').textContent()).toBe(`curl -s ${browsing.boxoffice.publicUrl}/api/movies/`);
  const doors = {
    'Box office': '/boxoffice/',
    'Swagger UI': '/swagger/',
    ReDoc: '/redoc/',
    Admin: '/admin/',
    Queues: '/ops/queues/',
  };
  for (const [name, path] of Object.entries(doors)) {
    expect(await page.getByRole('link', { name, exact: true }).first().getAttribute('href')).toBe(path);
  }
  await page.getByRole('link', { name: 'The Last Reel Screen 1 8 of 8 free' }).click();
  expect(new URL(page.url()).pathname).toBe(`/boxoffice/shows/${show}`);
});

test('the copy button copies its command', async () => {
  const page = await browsing.newPage({ permissions: ['clipboard-read', 'clipboard-write'] });
  await page.goto('/');
  await page.getByRole('button', { name: 'Copy: Sign up' }).click();
  await page.getByText('Copied').waitFor();
  const copied = await page.evaluate<string>('navigator.clipboard.readText()');
  expect(copied).toBe(await page.locator('#signup').textContent());
});
