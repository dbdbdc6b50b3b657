import { expect, test } from 'vitest';
import { canonicalTimeZone } from './catalog.ts';

test.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  ['europe/berlin', 'Europe/Berlin'],
  ['UTC', 'UTC'],
  ['IST', 'Asia/Calcutta'],
  ['EST5EDT', 'America/New_York'],
])('%s is %s', (name, zone) => {
  expect(canonicalTimeZone(name)).toBe(zone);
});

test.each(['', '+0530', '+05:30', '-00', 'SystemV/PST8PDT', 'Mars/Olympus', 'localtime', 'a\0b'])(
  '%j is no time zone',
  (name) => expect(canonicalTimeZone(name)).toBeNull(),
);
