import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** The first code block of a README under this heading, with the URL of this file's Boxoffice. */
function exampleUnder(heading: string, file: string): string {
  const block = readFileSync(join(root, file), 'utf8').split(`${heading}\n`)[1]?.split('```')[1];
  if (!block) throw new Error(`${file} has no example under "${heading}"`);
  return block.slice(block.indexOf('\n') + 1).replace('http://localhost:3000', boxoffice.url);
}

const curl = spawnSync('curl', ['--version']).status === 0;

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ env: { PAYMENT_PROVIDER: 'test' } });
  await boxoffice.addShow({ id: 1 });
  await boxoffice.addShow({ id: 5 });
  await boxoffice.rows(
    `update catalog.shows set payment = 'online', prices = '{"standard": 1100}', currency = 'EUR' where id = 5 returning id`,
  );
});
afterAll(() => boxoffice.stop());

test.skipIf(!curl)("the README's booking in five lines works", () => {
  const example = exampleUnder('## A booking in five lines', 'README.md');
  const output = execFileSync('sh', ['-eu', '-c', example.replaceAll(/^(curl .*)$/gm, '$1; echo')], {
    encoding: 'utf8',
  });
  const [user, booking, bookings] = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(user).toMatchObject({ username: 'alice', role: 'user' });
  expect(booking).toMatchObject({ show_id: 1, seats: ['B7', 'B8'], status: 'booked' });
  expect(bookings).toMatchObject({
    count: 1,
    results: [{ id: booking.id, show: { movie: { title: 'The Last Reel' } } }],
  });
});

test.skipIf(!curl)("the README's payment in six lines books the seats and takes the money", async () => {
  const example = exampleUnder('## A payment in six lines', 'README.md');
  const login = `URL=${boxoffice.url}; JSON='Content-Type: application/json'; TOKEN=${boxoffice.token(1)}\n`;
  const output = execFileSync('sh', ['-eu', '-c', login + example], { encoding: 'utf8' });
  const { booking_id, ...payment } = JSON.parse(output);
  expect(payment).toMatchObject({ amount: 2_200, currency: 'EUR', provider: 'test' });
  const followed = 'select status from payments.payments where id = ?';
  await expect
    .poll(() => boxoffice.rows(followed, [payment.id]), { timeout: 20_000 })
    .toEqual([{ status: 'captured' }]);
  const { body } = await boxoffice.call(`/api/bookings/${booking_id}/`, { user: 1 });
  expect(body).toMatchObject({ show_id: 5, status: 'booked', paid_at: expect.any(String) });
});

test("the example in the client's README signs up, books, is refused the same seats, holds, confirms and cancels", () => {
  const example = exampleUnder('# @boxoffice/client', 'packages/client/README.md');
  const output = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', example], {
    cwd: root,
    encoding: 'utf8',
  });
  const lines = output.split('\n').filter((line) => line && !line.startsWith('position'));
  const held = expect.stringMatching(/^\[ '[A-J]\d+', '[A-J]\d+' \] \d{4}-/);
  expect(lines).toEqual([`booked [ 'A1', 'A2' ]`, `seat_taken [ 'A1', 'A2' ]`, held, 'cancelled']);
});
