import { expect, test } from 'vitest';
import { parseSeats } from './seats.ts';

test.each([
  ['1', '1 2 3 12', '12'],
  ['A1', 'A1 A2 A3 A12', 'A12'],
  ['A1..10', 'A1 A2 A3 B2', 'B2..10'],
  ['Z9..10', 'Z9 Z10 AA1 AA10', 'AA10..10'],
])('seats count from %s', (text, names, next) => {
  const seats = parseSeats(text);
  expect([0, 1, 2, 11].map((index) => seats.nameAt(index)).join(' ')).toBe(names);
  expect(seats.from(11)).toBe(next);
});

test.each(['', 'a file', '1..10', 'A11..10', 'A0..10'])('"%s" is neither a first seat nor a file', (text) => {
  expect(() => parseSeats(text)).toThrow('--peer-seats takes');
});
