import { execFileSync, spawnSync } from 'node:child_process';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { ensurePages } from '@boxoffice/testing/pages';
import { afterAll, beforeAll, expect, test } from 'vitest';

const curl = spawnSync('curl', ['--version']).status === 0;

let boxoffice: Boxoffice;
beforeAll(async () => {
  await ensurePages();
  boxoffice = await startBoxoffice();
  await boxoffice.addShow({ id: 7 });
});
afterAll(() => boxoffice.stop());

test.skipIf(!curl)('the commands on the landing page book a ticket on a fresh installation', async () => {
  const { body } = await boxoffice.call<string>('/');
  const commands = [...body.matchAll(/<pre[^>]*>(.*?)<\/pre>/gs)].map(([, html = '']) => unescaped(html));
  const output = execFileSync('sh', ['-eu', '-c', commands.join('\necho\n')], { encoding: 'utf8' });
  const responses = output.split('\n').filter((line) => line.startsWith('{'));
  const [movies, seats, user, booking, bookings] = responses.map((line) => JSON.parse(line));
  expect(movies).toMatchObject({ count: 1 });
  expect(seats).toMatchObject({ show_id: 7, available_seats: 100 });
  expect(user).toMatchObject({ username: 'ada' });
  expect(booking).toMatchObject({ show_id: 7, seats: ['C4', 'C5'], status: 'booked' });
  expect(bookings).toMatchObject({ count: 1, results: [{ id: booking.id }] });
});

const unescaped = (html: string) => html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
