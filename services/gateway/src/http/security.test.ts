import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const allowed = 'https://tickets.example';
let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ workers: 0, env: { CORS_ORIGINS: `${allowed}, https://other.example` } });
});
afterAll(() => boxoffice.stop());

describe('browsers on other origins', () => {
  const preflight = (origin: string) =>
    boxoffice.call('/api/shows/1/book/', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,idempotency-key,prefer',
      },
    });

  test('may call from an allowed origin', async () => {
    const { status, headers } = await preflight(allowed);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(allowed);
    expect(headers.get('access-control-allow-methods')).toContain('POST');
    expect(headers.get('access-control-allow-headers')).toBe('authorization,content-type,idempotency-key,prefer');
    expect(headers.get('vary')).toContain('Origin');
  });

  test('may read the headers that they need', async () => {
    const { headers } = await boxoffice.call('/api/movies/', { headers: { origin: allowed } });
    expect(headers.get('access-control-allow-origin')).toBe(allowed);
    const exposed = headers.get('access-control-expose-headers')?.split(', ');
    expect(exposed).toEqual(expect.arrayContaining(['Location', 'Retry-After', 'Preference-Applied', 'ETag']));
  });

  test.each(['https://evil.example', 'http://tickets.example', 'https://tickets.example.evil.example', 'null'])(
    'may not call from %s',
    async (origin) => {
      for (const response of [await preflight(origin), await boxoffice.call('/api/movies/', { headers: { origin } })]) {
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
        expect(response.headers.get('access-control-allow-credentials')).toBeNull();
      }
    },
  );
});

test.each([
  ['/api/movies/', 200],
  ['/api/movies/999/', 404],
  ['/api/movies/x/', 400],
  ['/api/my-bookings/', 401],
  ['/nowhere', 404],
  ['/livez', 200],
])('every response has security headers: %s', async (path, status) => {
  const response = await boxoffice.call(path);
  expect(response.status).toBe(status);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-security-policy': expect.stringContaining("default-src 'self'"),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
  });
  expect(response.headers.get('x-powered-by')).toBeNull();
  expect(response.headers.get('server')).toBeNull();
  // Browsers ignore it over plain HTTP, and in development it would pin localhost to HTTPS.
  expect(response.headers.get('strict-transport-security')).toBeNull();
});

test('nothing may be loaded from other hosts', async () => {
  const { headers } = await boxoffice.call('/api/movies/');
  expect(headers.get('content-security-policy')).not.toMatch(/https?:/);
});

describe('x-request-id', () => {
  const madeUp = /^[\w-]{8,24}$/;
  const idOf = async (sent?: string) => {
    const { headers } = await boxoffice.call(
      '/api/movies/',
      sent === undefined ? {} : { headers: { 'x-request-id': sent } },
    );
    return headers.get('x-request-id');
  };

  test('is generated when absent, differently each time', async () => {
    const [one, two] = [await idOf(), await idOf()];
    expect(one).toMatch(madeUp);
    expect(two).not.toBe(one);
  });

  test.each(['a', 'checkout-4711', 'A.b_c-1', 'x'.repeat(64)])('is kept when it is short and plain: %s', async (id) => {
    expect(await idOf(id)).toBe(id);
  });

  test.each(['', 'x'.repeat(65), 'two words', '{"level":"fatal"}', 'a;b', 'ü'])(
    'is replaced when it could forge a log line: %s',
    async (id) => {
      const replaced = await idOf(id);
      expect(replaced).toMatch(madeUp);
      expect(replaced).not.toBe(id);
    },
  );

  test('is the instance of a problem', async () => {
    const { body } = await boxoffice.call('/nowhere', { headers: { 'x-request-id': 'lost-1' } });
    expect(body).toMatchObject({ code: 'not_found', instance: 'lost-1' });
  });
});
