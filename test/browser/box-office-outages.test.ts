/** The box office explains outages and recovers on its own. */

import { type Browsing, startBrowsing, test } from '@boxoffice/testing/browser';
import { spawnService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, expect } from 'vitest';

let browsing: Browsing;
beforeAll(async () => {
  browsing = await startBrowsing({ ownServers: true });
});
afterAll(() => browsing?.stop());

test('without Redis, the page says so, and holds the seats when Redis is back', async () => {
  const { boxoffice } = browsing;
  const show = await boxoffice.addShow({ totalSeats: 10 });
  const page = await browsing.newPage();
  const tokens = JSON.stringify({ access: boxoffice.token(1) });
  await page.addInitScript((text) => localStorage.setItem('boxoffice.tokens', text), tokens);
  await page.goto(`/boxoffice/shows/${show}`);
  await page.getByRole('button', { name: 'Row A seat 3,' }).click();

  boxoffice.servers.redis.kill('SIGKILL');
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await page.getByText('Bookings are temporarily unavailable. Retrying …').waitFor();
  await page.reload();
  await page.getByText('Bookings are temporarily unavailable. Retrying …').waitFor();
  await boxoffice.servers.redis.restart();
  await page.getByRole('article').getByText('A3', { exact: true }).waitFor();
  const { body } = await boxoffice.call<{ count: number }>('/api/my-bookings/', { user: 1 });
  expect(body.count).toBe(1);
});

test('without a gateway, the page says so, and the map is live again when one is back', async () => {
  const { boxoffice } = browsing;
  const show = await boxoffice.addShow({ totalSeats: 10 });
  const page = await browsing.newPage();
  await page.goto(`/boxoffice/shows/${show}`);
  await page.getByText('10 of 10 seats free').waitFor();
  await boxoffice.gateways[0]?.stop();
  const outage = page.getByText('The box office cannot be reached. Retrying … The map may be out of date.');
  await outage.waitFor();

  await boxoffice.addGateway({ PORT: new URL(boxoffice.url).port });
  await outage.waitFor({ state: 'detached' });
  expect((await boxoffice.book(show, 'A1', { user: 2, wait: 10 })).status).toBe(201);
  await page.getByText('9 of 10 seats free').waitFor();
});

test('without the catalog, the page says so, and loads when it is back', async () => {
  const { boxoffice } = browsing;
  const show = await boxoffice.addShow({ totalSeats: 10 });
  const page = await browsing.newPage();
  await boxoffice.catalog.stop();
  await page.goto(`/boxoffice/shows/${show}`);
  await page.getByText('Movies and shows are temporarily unavailable. Retrying …').waitFor();
  const catalog = await spawnService('catalog', boxoffice.environment);
  await page.getByText('10 of 10 seats free').waitFor();
  await catalog.stop();
});
