import { expect, test } from 'vitest';
import { instantOf } from './local-time.ts';

test.each([
  ['2030-01-15', '19:30', 'Europe/Berlin', '2030-01-15T18:30:00.000Z'],
  ['2030-07-15', '19:30', 'Europe/Berlin', '2030-07-15T17:30:00.000Z'],
  ['2030-07-15', '00:00', 'America/St_Johns', '2030-07-15T02:30:00.000Z'],
  ['2030-07-15', '23:59', 'Asia/Kathmandu', '2030-07-15T18:14:00.000Z'],
  ['2030-07-15', '12:00', 'UTC', '2030-07-15T12:00:00.000Z'],
  ['2030-07-15', '00:30', 'Pacific/Kiritimati', '2030-07-14T10:30:00.000Z'],
])('%s %s in %s is %s', (date, time, zone, instant) => {
  expect(instantOf(date, time, zone)?.toISOString()).toBe(instant);
});

test('the evenings before and after the clocks are set forward are 23 hours apart', () => {
  const [before, after] = ['2030-03-30', '2030-03-31'].map((date) => instantOf(date, '20:00', 'Europe/Berlin'));
  expect(Number(after) - Number(before)).toBe(23 * 60 * 60 * 1_000);
});

test('null for a time that the clocks skip', () => {
  expect(instantOf('2030-03-31', '02:30', 'Europe/Berlin')).toBeNull();
  expect(instantOf('2030-03-31', '03:00', 'Europe/Berlin')?.toISOString()).toBe('2030-03-31T01:00:00.000Z');
  expect(instantOf('2030-03-31', '01:59', 'Europe/Berlin')?.toISOString()).toBe('2030-03-31T00:59:00.000Z');
});

test('the first of a time that occurs twice', () => {
  expect(instantOf('2030-10-27', '02:30', 'Europe/Berlin')?.toISOString()).toBe('2030-10-27T00:30:00.000Z');
  expect(instantOf('2030-11-03', '01:30', 'America/New_York')?.toISOString()).toBe('2030-11-03T05:30:00.000Z');
});
