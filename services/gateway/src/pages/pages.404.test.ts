import { createHttp } from '@boxoffice/shared/service/http';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { CatalogClient, CatalogConnection } from '../catalog/index.ts';
import { addIcon } from './icon.ts';
import { addPages } from './pages.ts';

const { http } = createHttp({ logger: pino({ level: 'silent' }), checks: {} });
addPages(http, { catalog: new CatalogClient(new CatalogConnection('http://127.0.0.1:1', 'secret')) }, '/nowhere');

test('before the pages are built, / redirects to Swagger UI', async () => {
  const { statusCode, headers } = await http.inject('/');
  expect(statusCode).toBe(302);
  expect(headers.location).toBe('/swagger/');
});

test.each(['/boxoffice/', '/boxoffice/shows/1', '/admin/'])(
  'before the pages are built, %s explains how to build them',
  async (path) => {
    const { statusCode, body } = await http.inject(path);
    expect(statusCode).toBe(404);
    expect(JSON.parse(body)).toMatchObject({ code: 'not_found', detail: expect.stringContaining('`pnpm build`') });
  },
);

test('/favicon.ico is the icon, built or not', async () => {
  const gateway = createHttp({ logger: pino({ level: 'silent' }), checks: {} }).http;
  await gateway.register(addIcon);
  const { statusCode, headers, body } = await gateway.inject('/favicon.ico');
  expect(statusCode).toBe(200);
  expect(headers['content-type']).toBe('image/svg+xml');
  expect(body).toMatch(/^<svg /);
});
