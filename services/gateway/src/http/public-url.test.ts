import { ConfigError, loadConfig } from '@boxoffice/shared/service/config';
import { createHttp } from '@boxoffice/shared/service/http';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StartedIdentity, startIdentity } from '../../test/started-identity.ts';
import { addPublicUrl } from './public-url.ts';

const publicUrl = 'https://tickets.example';
let identity: StartedIdentity;
let token: string;
beforeAll(async () => {
  identity = await startIdentity({ env: { PUBLIC_URL: publicUrl, TRUST_PROXY: '1' } });
  ({ token } = await identity.admin());
  await identity.signUp('alice');
});
afterAll(() => identity.stop());

test.each<Record<string, string>>([
  { host: 'evil.example' },
  { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
  { forwarded: 'host=evil.example;proto=http' },
])('links contain the public URL whatever the headers say: %o', async (headers) => {
  const { body } = await identity.call('GET', '/api/admin/users/?page_size=1', { token, headers });
  expect(body.next).toBe(`${publicUrl}/api/admin/users/?page_size=1&page=2`);
  const document = await identity.http.inject({ url: '/schema/', headers });
  expect(document.json().servers).toEqual([{ url: publicUrl }]);
  expect(document.body).not.toContain('evil.example');
});

describe('without a setting', () => {
  const urlWith = (config: object) => {
    const { http } = createHttp({ logger: pino({ level: 'silent' }), checks: {} });
    addPublicUrl(http, { ...loadConfig({ PORT: '3003' }), ...config });
    return http.publicUrl();
  };

  test.each([
    ['127.0.0.1', 'http://localhost:3003'],
    ['0.0.0.0', 'http://localhost:3003'],
    ['::', 'http://localhost:3003'],
    ['::1', 'http://[::1]:3003'],
  ])('it is where the gateway listens: HOST=%s', (HOST, url) => {
    expect(urlWith({ HOST })).toBe(url);
  });

  test('production refuses to start, and says what to set', () => {
    expect(() => urlWith({ NODE_ENV: 'production' })).toThrow(ConfigError);
    expect(() => urlWith({ NODE_ENV: 'production' })).toThrow(/PUBLIC_URL=https:/);
    expect(urlWith({ NODE_ENV: 'production', PUBLIC_URL: publicUrl })).toBe(publicUrl);
  });
});

test.each([
  'tickets.example',
  'ftp://tickets.example',
  `${publicUrl}/path`,
  `${publicUrl}/?q`,
  'https://a:b@c.example',
])('PUBLIC_URL=%s is refused', (PUBLIC_URL) => {
  expect(() => loadConfig({ PUBLIC_URL })).toThrow(/PUBLIC_URL: /);
});
