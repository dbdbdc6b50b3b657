/** However a path to the administration or the operators' pages is written, nobody else gets in. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ workers: 0 });
});
afterAll(() => boxoffice.stop());

/** Sends a path exactly as it is written: `fetch` would normalize it. */
async function get(path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  const call = request(boxoffice.url, { path, headers });
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: await text(response) };
}

const tricks: Record<string, (path: string) => string> = {
  'as it is': (path) => path,
  'without its trailing slash': (path) => path.slice(0, -1),
  'two slashes first': (path) => `/${path}`,
  'two slashes in the middle': (path) => path.replace(/(?<=.)\//, '//'),
  'two slashes last': (path) => `${path}/`,
  'in capitals': (path) => path.toUpperCase(),
  'one letter in capitals': (path) => path.replace(/[ao]/, (letter) => letter.toUpperCase()),
  'a letter escaped': (path) => path.replace(/a|o/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  'a letter escaped twice': (path) => path.replace(/a|o/, (letter) => `%25${letter.charCodeAt(0).toString(16)}`),
  'a slash escaped': (path) => path.replace(/(?<=.)\//, '%2f'),
  'a dot segment': (path) => path.replace(/(?<=.)\//, '/./'),
  'an escaped dot segment': (path) => path.replace(/(?<=.)\//, '/%2e/'),
  'from a public path': (path) => `/api/movies/..${path}`,
  'from a public path, escaped': (path) => `/api/movies/%2e%2e/%2e%2e${path}`,
  'a path parameter': (path) => path.replace(/(?<=.)\//, ';a=b/'),
  'a path parameter last': (path) => `${path};.css`,
  'a back slash': (path) => path.replace(/(?<=.)\//, '\\'),
  'a NUL': (path) => `${path}%00`,
  'an extension': (path) => `${path.slice(0, -1)}.json`,
  'a space': (path) => `${path}%20`,
  'a question mark escaped': (path) => `${path}%3f`,
  'an absolute URL': (path) => `http://localhost${path}`,
};

const secrets = [
  '/api/admin/users/',
  '/api/admin/queues/',
  '/api/admin/audit/',
  '/ops/queues/',
  '/ops/queues/api/queues/',
];

describe.each(secrets)('%s', (secret) => {
  test.each(Object.entries(tricks))('%s', async (_, write) => {
    const path = write(secret);
    const credentials: Record<string, string>[] = [
      {},
      { authorization: `Bearer ${boxoffice.token(1)}` },
      { authorization: `Bearer ${boxoffice.token(1)}`, 'x-original-url': secret, 'x-rewrite-url': secret },
      { 'x-forwarded-for': '127.0.0.1', 'x-http-method-override': 'GET', 'x-role': 'admin', 'x-actor-id': '1' },
    ];
    for (const headers of credentials) {
      const { status, body } = await get(path, headers);
      expect([400, 401, 403, 404], `${path}: ${status} ${body.slice(0, 200)}`).toContain(status);
    }
  });

  test('is there for an administrator', async () => {
    const { status } = await get(secret, { authorization: `Bearer ${boxoffice.token(1, 'admin')}` });
    expect(status).toBe(200);
  });
});
