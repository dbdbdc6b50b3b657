import { expect, it } from 'vitest';
import { parseRedisUrl } from './redis-url.ts';

const plain = { isTls: false, login: {} };

it.each([
  ['redis://h', { kind: 'server', address: { host: 'h', port: 6379 }, database: 0, ...plain }],
  [
    'redis://:p%40ss@h:1/2',
    { kind: 'server', address: { host: 'h', port: 1 }, database: 2, login: { password: 'p@ss' } },
  ],
  ['redis://[::1]:6380', { kind: 'server', address: { host: '::1', port: 6380 }, database: 0 }],
  ['rediss://u:p:q@h', { kind: 'server', isTls: true, login: { username: 'u', password: 'p:q' } }],
  [
    'redis+sentinel://:p@a:1,b,[::1]:3/shows?db=3&sentinel_username=s&sentinel_password=t%26',
    {
      kind: 'sentinel',
      sentinels: [
        { host: 'a', port: 1 },
        { host: 'b', port: 26_379 },
        { host: '::1', port: 3 },
      ],
      name: 'shows',
      database: 3,
      isTls: false,
      login: { password: 'p' },
      sentinelLogin: { username: 's', password: 't&' },
    },
  ],
  ['rediss+sentinel://a/n', { kind: 'sentinel', isTls: true, name: 'n', database: 0, login: {}, sentinelLogin: {} }],
  [
    'redis+cluster://u:p@a:1,b',
    {
      kind: 'cluster',
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 6379 },
      ],
      isTls: false,
      login: { username: 'u', password: 'p' },
    },
  ],
  ['rediss+cluster://a,b/0', { kind: 'cluster', isTls: true }],
])('reads %s', (url, place) => {
  expect(parseRedisUrl(url)).toMatchObject(place);
});

it.each([
  ['http://h', /must be redis:/],
  ['redis://', /must be redis:/],
  ['redis://a@b@secret', /must be redis:/],
  ['redis+sentinels://a/n', /must be redis:/],
  ['redis://:secret@a,b', /names several hosts/],
  ['redis+sentinel://:secret@a,b', /must end in the name/],
  ['redis+sentinel://:secret@a,b/', /must end in the name/],
  ['redis+sentinel://:secret@a/n?db=x', /database that is not a number/],
  ['redis+sentinel://:secret@a/n?password=secret', /unknown option .* only ones are db, /],
  ['redis+sentinel://a/n?sentinel_password=a&secret=b', /unknown option/],
  ['redis+cluster://:secret@a?secret', /unknown option .* has none/],
  ['redis+cluster://:secret@a,b/1', /must not name a database/],
  ['redis+cluster://:secret@a,,b', /invalid host or port, number 2/],
  ['redis+cluster://:secret@a:70000', /invalid host or port, number 1/],
  ['redis+cluster://:secret@a:1:2', /invalid host or port/],
  ['redis://:secret', /invalid host or port/],
  // Passwords that are not encoded.
  ['redis://:secret/secret@a', /percent-encoded/],
  ['redis://secret/secret@a', /percent-encoded/],
  ['redis+sentinel://secret/secret@a,b/n', /percent-encoded/],
  ['redis+cluster://u:secret?secret@a,b', /percent-encoded/],
  ['redis://secret?secret@a', /percent-encoded/],
  ['redis://secret?secret=secret@a', /percent-encoded/],
  ['redis://:secret#secret@a', /must be redis:/],
])('refuses %s without repeating the password', (url, reason) => {
  const parse = () => parseRedisUrl(url);
  expect(parse).toThrow(reason);
  expect(parse).not.toThrow(/secret/);
});
