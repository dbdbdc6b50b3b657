/** The screen editor of the admin portal: a hall is typed or imported, and drawn live. */
import { createBoxoffice } from '@boxoffice/client';
import { type Browsing, expectAccessible, startBrowsing, test } from '@boxoffice/testing/browser';
import { afterAll, beforeAll, expect } from 'vitest';

const password = 'correct horse';
let browsing: Browsing;
beforeAll(async () => {
  browsing = await startBrowsing();
  const { url, rows } = browsing.boxoffice;
  await createBoxoffice({ url }).signUp({ username: 'boss', email: 'boss@example.com', password });
  await rows(`update identity.users set role = 'admin' where username = 'boss'`);
});
afterAll(() => browsing?.stop());

test('an administrator types a hall, imports another, and puts shows on a screen', async () => {
  const page = await browsing.newPage({ timezoneId: 'Europe/Berlin', locale: 'en-GB' });
  await page.goto('/admin/screens/new');
  await page.getByLabel('User name').fill('boss');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();

  await page.getByLabel('Name', { exact: true }).fill('Grand Hall');
  await page.getByRole('textbox', { name: 'Seats' }).fill('SS SS\n\nPPPPP\nW   X');
  await page.getByRole('img', { name: 'A hall of 11 seats' }).waitFor();
  await page.getByText('5 premium').waitFor();
  await page.getByText('Not in the legend: X').waitFor();
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('Row 4, column 5: "X" is not in the legend').waitFor();
  await page.getByRole('textbox', { name: 'Seats' }).fill('SS SS\n\nPPPPP\nW   W');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('link', { name: 'Grand Hall' }).click();
  await expect.poll(() => page.getByRole('textbox', { name: 'Seats' }).inputValue()).toBe('SS_SS\n_\nPPPPP\nW___W');

  await page.getByLabel('Import a plan').setInputFiles({
    name: 'hall.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('Parkett;Parkett;;Parkett\r\n;;;\r\nLoge;"Loge";;Loge\r\n'),
  });
  await page.getByText('3 parkett').waitFor();
  await page.getByText('3 loge').waitFor();
  await expect.poll(() => page.getByRole('textbox', { name: 'Seats' }).inputValue()).toBe('PP_P\n_\nLL_L');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: 'parkett, loge' }).waitFor();

  const boxoffice = createBoxoffice({ url: browsing.boxoffice.url });
  await boxoffice.logIn({ username: 'boss', password });
  const movie = await boxoffice.post('/api/admin/movies/', { body: { title: 'Heat', duration_minutes: 170 } });
  await page.goto(`/admin/shows/new?movie_id=${movie.id}`);
  await page.getByLabel('Hall').selectOption('Grand Hall');
  await expect.poll(() => page.getByLabel('Seats per row').count()).toBe(0);
  await page.getByLabel('Starts').fill('2030-11-22T19:30');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('Grand Hall').waitFor();
  const { results } = await boxoffice.get('/api/admin/shows/', {});
  expect(results).toMatchObject([{ screen_name: 'Grand Hall', total_seats: 6 }]);
});
