import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Boxoffice, startBoxoffice } from '../../../../test/support/boxoffice.ts';
import { ensurePages } from '../../../../test/support/pages.ts';
import { expectProblem } from '../../../../test/support/problem.ts';

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

describe.each(['/', '/boxoffice/', '/boxoffice/shows/7', '/admin/', '/admin/shows/7/show'])('%s', (path) => {
  test('is a page that may be kept but must be asked for', async () => {
    const { status, headers } = await page(path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache');
    const etag = headers.get('etag');
    expect(etag).toBeTruthy();
    // As a browser asks; fetch by itself would ask for a new one whatever the tag.
    expect((await page(path, { 'if-none-match': etag, 'cache-control': 'max-age=0' })).status).toBe(304);
  });

  test('runs and loads nothing that is not from here', async () => {
    const { headers, body } = await page(path);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'self';/);
    expect(policy).not.toMatch(/script-src|https?:|data:|\*/);
    expect(policy.includes('unsafe-inline')).toBe(path.startsWith('/admin/'));
    expect(body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
    expect(filesOf(body).filter((file) => !file.startsWith('/'))).toEqual([]);
  });

  test('loads files that are there, for ever', async () => {
    for (const file of filesOf((await page(path)).body)) {
      const { status, headers } = await page(file);
      expect(status, file).toBe(200);
      expect(headers.get('cache-control'), file).toBe('public, max-age=31536000, immutable');
    }
  });
});

test.each(['br', 'gzip'])('assets were compressed before: %s', async (encoding) => {
  const [script = ''] = filesOf((await page('/boxoffice/')).body).filter((file) => file.endsWith('.js'));
  const { headers } = await page(script, { 'accept-encoding': encoding });
  expect(headers.get('content-encoding')).toBe(encoding);
  expect(headers.get('content-type')).toMatch(/^(text|application)\/javascript/);
  expect(headers.get('vary')).toMatch(/accept-encoding/i);
});

test.each(['/assets/', '/assets/nothing.js', '/assets/../index.html', '/assets/%2e%2e/index.html', '/boxoffic/'])(
  'a problem for what is not there: %s',
  async (path) => {
    const answer = await boxoffice.call(path);
    expectProblem(answer, 'not_found');
  },
);
