import { expect, test } from 'vitest';
import { containing } from './like.ts';

test.each([
  ['wolf', '%wolf%'],
  ['100% Wolf', '%100\\% Wolf%'],
  ['a_b', '%a\\_b%'],
  ['C:\\', '%C:\\\\%'],
  ['', '%%'],
])('%j', (text, pattern) => {
  expect(containing(text)).toBe(pattern);
});
