/** What the box office says while something is away, and that it goes on by itself. */

import { type Browsing, startBrowsing, test } from '@boxoffice/testing/browser';
import { spawnService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, expect } from 'vitest';

let browsing: Browsing;
beforeAll(async () => {
  browsing = await startBrowsing({ ownServers: true });
});
afterAll(() => browsing?.stop());

test('Redis is away: the page says so in words, and books when it is back', async () => {
  const { boxoffice } = browsing;
  const show = await boxoffice.addShow({ totalSeats: 10 });
  const page = await browsing.newPage();
  const tokens = JSON.stringify({ access: boxoffice.token(1) });
  await page.addInitScript((text) => localStorage.setItem('boxoffice.tokens', text), tokens);
  await page.goto(`/boxoffice/shows/${show}`);
  await page.getByRole('button', { name: 'Row A seat 3,' }).click();

  boxoffice.servers.redis.kill('SIGKILL');
  await page.getByRole('button', { name: 'Book 1 seat' }).click();
  await page.getByText('Bookings cannot be taken just now. We keep trying.').waitFor();
  await page.reload();
  await page.getByText('Bookings cannot be taken just now. We keep trying.').waitFor();
  await boxoffice.servers.redis.restart();
  await page.getByRole('article').getByText('A3', { exact: true }).waitFor();
  const { body } = await boxoffice.call<{ count: number }>('/api/my-bookings/', { user: 1 });
  expect(body.count).toBe(1);
});

test('the gateway is away: the page says so in words, and the map is live again when it is back', async () => {
  const { boxoffice } = browsing;
  const show = await boxoffice.addShow({ totalSeats: 10 });
  const page = await browsing.newPage();
  await page.goto(`/boxoffice/shows/${show}`);
  await page.getByText('10 of 10 seats free').waitFor();
  await boxoffice.gateways[0]?.stop();
  const mayBeOld = page.getByText('The box office cannot be reached. We keep trying. Until then the map may be old.');
  await mayBeOld.waitFor();

  await boxoffice.addGateway({ PORT: new URL(boxoffice.url).port });
  await mayBeOld.waitFor({ state: 'detached' });
  expect((await boxoffice.book(show, 'A1', { user: 2, wait: 10 })).status).toBe(201);
  await page.getByText('9 of 10 seats free').waitFor();
});

test('the catalog is away: the page says so in words, and goes on when it is back', async () => {
  const { boxoffice } = browsing;
  const show = await boxoffice.addShow({ totalSeats: 10 });
  const page = await browsing.newPage();
  await boxoffice.catalog.stop();
  await page.goto(`/boxoffice/shows/${show}`);
  await page.getByText('The programme is out of reach for a moment. We keep trying.').waitFor();
  const catalog = await spawnService('catalog', boxoffice.environment);
  await page.getByText('10 of 10 seats free').waitFor();
  await catalog.stop();
});
