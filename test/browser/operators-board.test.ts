/** Access to the queue board. */
import { createBoxoffice } from '@boxoffice/client';
import { type Browsing, errorsOf, startBrowsing, test } from '@boxoffice/testing/browser';
import { afterAll, beforeAll, expect } from 'vitest';

const password = 'correct horse';

let browsing: Browsing;
beforeAll(async () => {
  browsing = await startBrowsing();
  const { url, rows } = browsing.boxoffice;
  for (const username of ['alice', 'boss']) {
    await createBoxoffice({ url }).signUp({ username, email: `${username}@example.com`, password });
  }
  await rows(`update identity.users set role = 'admin' where username = 'boss'`);
});
afterAll(() => browsing?.stop());

test('an anonymous request is challenged for credentials', async () => {
  const page = await browsing.newPage();
  // A browser would show its password prompt.
  const response = await page.request.get('/ops/queues/');
  expect(response.status()).toBe(401);
  expect(response.headers()['www-authenticate']).toMatch(/^Basic /);
});

test.each(['/ops/queues/', '/ops/queues/api/queues', '/ops/queues/queue/booking-0'])(
  'a user without the administrator role is refused: %s',
  async (path) => {
    const page = await browsing.newPage({ httpCredentials: { username: 'alice', password } });
    expect((await page.goto(path))?.status()).toBe(403);
    expect(await page.locator('body').textContent()).toContain('"code":"forbidden"');
    expect(await page.locator('body').textContent()).not.toContain('booking-0');
  },
);

test('an administrator sees every queue', async () => {
  const page = await browsing.newPage({ httpCredentials: { username: 'boss', password } });
  await page.goto('/ops/queues/');
  await page.getByText('{booking-0}').first().waitFor();
  await page.getByText('{booking-3}').first().waitFor();
  expect(errorsOf(page)).toEqual([]);
});
