import { expect, test } from 'vitest';
import { brokenLinks } from './check-links.ts';

const existing = ['/repo/docs/a.md', '/repo/README.md', '/repo/docs/images/x.png'];
const check = (markdown: string) => brokenLinks('/repo/docs/a.md', markdown, (path) => existing.includes(path));

test.each([
  ['a file next to it', '[a](a.md)'],
  ['a file above it, with a heading', '[read](../README.md#commands)'],
  ['an image', '![x](images/x.png) <img alt="x" src="images/x.png">'],
  ['a heading of its own', '[here](#figures)'],
  ['another site', '[site](https://example.com/none.md)'],
  ['code', 'Write `[a](none.md)`, or\n\n```md\n[b](none.md)\n```\n'],
])('accepts %s', (_, markdown) => {
  expect(check(markdown)).toEqual([]);
});

test('reports links and images whose file is missing', () => {
  expect(check('[a](a.md), [b](b.md) and <img src="images/y.png">, ![z](../z.png "title")')).toEqual([
    'b.md',
    'images/y.png',
    '../z.png',
  ]);
});
