/** Changing the password, in the box office and in the portal. */
import { createBoxoffice } from '@boxoffice/client';
import { type Browsing, errorsOf, expectAccessible, startBrowsing, test } from '@boxoffice/testing/browser';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

const password = 'correct horse';
const next = 'battery staple';
let browsing: Browsing;
beforeAll(async () => {
  browsing = await startBrowsing({ workers: 0 });
  const { url, rows } = browsing.boxoffice;
  for (const username of ['boss', 'alice']) {
    await createBoxoffice({ url }).signUp({ username, email: `${username}@example.com`, password });
  }
  await rows(`update identity.users set role = 'admin' where username = 'boss'`);
});
afterAll(() => browsing?.stop());

async function signInWith(page: Page, username: string): Promise<void> {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
}

async function change(page: Page, current: string, wanted: string): Promise<void> {
  await page.getByLabel('Current password').fill(current);
  await page.getByLabel('New password').fill(wanted);
  await page.getByRole('button', { name: 'Change password' }).click();
}

/** Changes the password in a page where the user is signed in, after two mistakes. */
async function expectChange(page: Page, username: string): Promise<void> {
  const { url } = browsing.boxoffice;
  const elsewhere = createBoxoffice({ url });
  await elsewhere.logIn({ username, password });
  await page.getByRole('link', { name: `${username}, your account` }).click();
  await page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor();
  await expectAccessible(page);

  await change(page, 'wrong horse', next);
  await page.getByText('This is not your current password').waitFor();
  await expect.poll(() => page.getByLabel('Current password').getAttribute('aria-invalid')).toBe('true');
  await change(page, password, 'Password1');
  await page.getByText('Too common').waitFor();
  await expectAccessible(page);
  await change(page, password, next);
  await page.getByText('Your password has been changed').waitFor();
  await expectAccessible(page);

  // This login continues, the other has ended, and the new password counts.
  await page.reload();
  await page.getByRole('link', { name: `${username}, your account` }).waitFor();
  await expect(elsewhere.get('/api/auth/me/')).rejects.toMatchObject({ code: 'unauthenticated' });
  await createBoxoffice({ url }).logIn({ username, password: next });
  expect(errorsOf(page).filter((text) => !text.includes('400'))).toEqual([]);
}

test('in the box office', async () => {
  const page = await browsing.newPage();
  await page.goto('/boxoffice/account');
  await page.getByText('You are not signed in').waitFor();
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await signInWith(page, 'alice');
  await page.getByRole('dialog').getByRole('button', { name: 'Sign in', exact: true }).first().click();
  await expectChange(page, 'alice');
});

test('in the portal, on a phone', async () => {
  const page = await browsing.newPage({ viewport: { width: 390, height: 844 } });
  await page.goto('/admin/');
  await signInWith(page, 'boss');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expectChange(page, 'boss');
});
