import { expect, test } from 'vitest';
import { Text } from './text.ts';

test.each(['', 'The Last Reel', 'Ünïcode \u{1f39e}'])('%j can be stored', (text) => {
  expect(Text.parse(text)).toBe(text);
});

test.each([
  ['a\0b', 'NUL characters are not allowed'],
  ['\ud800', 'Lone surrogates are not allowed'],
  ['\udc00\ud800', 'Lone surrogates are not allowed'],
])('%j is refused', (text, message) => {
  expect(Text.safeParse(text).error?.issues).toMatchObject([{ message }]);
});
