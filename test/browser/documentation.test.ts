/** Swagger UI and ReDoc in a browser. */
import { createBoxoffice, memoryTokens } from '@boxoffice/client';
import { type Browsing, errorsOf, startBrowsing, test } from '@boxoffice/testing/browser';
import { afterAll, beforeAll, expect } from 'vitest';

let browsing: Browsing;
beforeAll(async () => {
  browsing = await startBrowsing();
});
afterAll(() => browsing?.stop());

test('Swagger UI: authorize, execute an operation, and see the response', async () => {
  const { url } = browsing.boxoffice;
  const tokens = memoryTokens();
  const client = createBoxoffice({ url, tokens });
  await client.signUp({ username: 'alice', email: 'alice@example.com', password: 'correct horse' });
  await client.logIn({ username: 'alice', password: 'correct horse' });

  const page = await browsing.newPage();
  await page.goto('/swagger/');
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const dialog = page.locator('.dialog-ux');
  await dialog.locator('input').fill(tokens.read()?.access ?? '');
  await dialog.getByRole('button', { name: 'Apply credentials' }).click();
  await dialog.getByRole('button', { name: 'Close' }).first().click();

  const operation = page.locator('.opblock', { hasText: '/api/auth/me/' });
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  const response = operation.locator('.live-responses-table');
  await response.getByText('"alice@example.com"').waitFor();
  expect(await response.locator('.response .response-col_status').textContent()).toMatch(/^200/);
  expect(errorsOf(page)).toEqual([]);
});

test('ReDoc renders the whole document', async () => {
  const page = await browsing.newPage();
  await page.goto('/redoc/');
  await page.getByRole('heading', { name: /^Boxoffice/ }).waitFor();
  await page.getByRole('heading', { name: 'Book one seat or several' }).waitFor();
  expect(errorsOf(page)).toEqual([]);
});
