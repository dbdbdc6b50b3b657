import { once } from 'node:events';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { ensurePages } from '@boxoffice/testing/pages';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  await ensurePages();
  boxoffice = await startBoxoffice({ workers: 0 });
});
afterAll(() => boxoffice.stop());

const page = (path: string, headers = {}) => boxoffice.call<string>(path, { headers });
/** The files that a page loads. */
const filesOf = (html: string) =>
  [...html.matchAll(/<(?:script|link)\b[^>]*?(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);

describe('the landing page', () => {
  test('shows the programme, with titles escaped', async () => {
    const show = await boxoffice.addShow({ totalSeats: 8 });
    await boxoffice.addShow({ startsAt: new Date(Date.now() - 3_600_000) });
    await boxoffice.rows(`update catalog.movies set title = '<script>"&' where title = 'The Last Reel'`);
    const body = await eventually(async () => {
      const response = await page('/');
      return response.body.includes('8 of 8 free') && response.body;
    });
    expect(body).toContain('<span class="title">&lt;script>&quot;&amp;</span>');
    expect([...body.matchAll(/href="\/boxoffice\/shows\/(\d+)"/g)].map(([, id]) => Number(id))).toEqual([show]);
    expect(body).toContain(`curl -s ${boxoffice.publicUrl}/api/shows/${show}/book/`);
  });

  test.each(['evil.example', 'a"b<c'])('does not repeat the Host that a client sends: %s', async (host) => {
    const headers = { host, 'x-forwarded-host': host, 'x-forwarded-proto': 'https' };
    const [response] = await once(get(boxoffice.url, { headers }), 'response');
    const html = await text(response);
    expect(html).not.toContain(host);
    expect(html).toContain(`curl -s ${boxoffice.publicUrl}/api/movies/`);
  });

  test('weighs at most 30 KB, including everything it loads', async () => {
    const paths = ['/', ...filesOf((await page('/')).body)];
    const sizes = await Promise.all(paths.map(compressedSize));
    expect(paths.length).toBeGreaterThan(2);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(30 * 1024);
  });
});

test('the scripts of the box office weigh at most 120 KB', async () => {
  const scripts = await scriptsFrom('/boxoffice/');
  const sizes = await Promise.all(scripts.map(compressedSize));
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(120 * 1024);
});

/** Every script that a page may load: its own and those that they import. */
async function scriptsFrom(path: string): Promise<string[]> {
  const found = new Set<string>();
  const queue = filesOf((await page(path)).body).filter((file) => file.endsWith('.js'));
  for (let file = queue.pop(); file; file = queue.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const named = (await page(file)).body.matchAll(/["'`](?:\.\/|\/?assets\/)([\w-]+\.js)["'`]/g);
    queue.push(...[...named].map(([, name]) => `/assets/${name}`));
  }
  return [...found];
}

async function compressedSize(path: string): Promise<number> {
  return gzipSync((await page(path)).body, { level: 9 }).length;
}

describe.each(['/', '/boxoffice/', '/boxoffice/shows/7', '/admin/', '/admin/shows/7/show'])('%s', (path) => {
  test('is a page that may be cached but must be revalidated', async () => {
    const { status, headers } = await page(path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache');
    const etag = headers.get('etag');
    expect(etag).toBeTruthy();
    // As a browser revalidates; without the header, fetch would request a fresh copy despite the tag.
    expect((await page(path, { 'if-none-match': etag, 'cache-control': 'max-age=0' })).status).toBe(304);
  });

  test('runs and loads nothing from other hosts', async () => {
    const { headers, body } = await page(path);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'self';/);
    expect(policy).not.toMatch(/script-src|https?:|data:|\*/);
    expect(policy).not.toContain('unsafe-inline');
    expect(body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
    expect(filesOf(body).filter((file) => !file.startsWith('/'))).toEqual([]);
  });

  test('loads files that exist and may be cached forever', async () => {
    for (const file of filesOf((await page(path)).body)) {
      const { status, headers } = await page(file);
      expect(status, file).toBe(200);
      expect(headers.get('cache-control'), file).toBe('public, max-age=31536000, immutable');
    }
  });
});

test.each(['br', 'gzip'])('assets are served precompressed: %s', async (encoding) => {
  const [script = ''] = filesOf((await page('/boxoffice/')).body).filter((file) => file.endsWith('.js'));
  const { headers } = await page(script, { 'accept-encoding': encoding });
  expect(headers.get('content-encoding')).toBe(encoding);
  expect(headers.get('content-type')).toMatch(/^(text|application)\/javascript/);
  expect(headers.get('vary')).toMatch(/accept-encoding/i);
});

test.each([
  ...['/assets/', '/assets/nothing.js', '/assets/../index.html', '/assets/%2e%2e/index.html', '/boxoffic/'],
  ...['/assets/%00', '/assets/a%00b.js', '/swagger/static/%00', '/swagger/static/%2e%2e/package.json'],
  ...[`/assets/${'x'.repeat(5_000)}`, `/swagger/static/${'x'.repeat(5_000)}`, '/assets//', '/assets/./x'],
])('missing files are answered with a problem: %s', async (path) => {
  const response = await boxoffice.call(path);
  expectProblem(response, 'not_found');
});

test.each(['/admin/', '/boxoffice/shows/1', '/swagger/static/swagger-ui.css', 'an asset'])(
  'conditions and ranges that cannot be met are answered with a problem: %s',
  async (path) => {
    const [asset = ''] = filesOf((await page('/boxoffice/')).body).filter((file) => file.endsWith('.js'));
    const get = (headers: object) => boxoffice.call(path === 'an asset' ? asset : path, { headers: { ...headers } });
    expectProblem(await get({ 'if-match': '"another"' }), 'precondition_failed');
    expectProblem(
      await get({ 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT', 'cache-control': 'no-cache' }),
      'precondition_failed',
    );
    expectProblem(await get({ range: 'bytes=99999999-' }), 'range_not_satisfiable');
  },
);

test('the landing page works while the catalog is down, and says so', async () => {
  await boxoffice.catalog.stop();
  const { status } = await eventually(async () => {
    const response = await page('/');
    return response.body.includes('programme is unavailable right now') && response;
  });
  expect(status).toBe(200);
});
