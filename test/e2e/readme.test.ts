import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Boxoffice, startBoxoffice } from '../support/boxoffice.ts';

/** The README's shell block under this heading. */
function exampleUnder(heading: string): string {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const block = readme.split(`## ${heading}\n`)[1]?.split('```')[1];
  if (!block) throw new Error(`the README has no example under "${heading}"`);
  return block.slice(block.indexOf('\n') + 1);
}

const curl = spawnSync('curl', ['--version']).status === 0;

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
  await boxoffice.addShow({ id: 1 });
});
afterAll(() => boxoffice.stop());

test.skipIf(!curl)("the README's booking in five lines books", () => {
  const example = exampleUnder('A booking in five lines').replace('http://localhost:3000', boxoffice.url);
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
