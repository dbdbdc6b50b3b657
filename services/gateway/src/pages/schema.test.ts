import { createHttp } from '@boxoffice/shared/service/http';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { addSchema } from './schema.ts';

test.each([
  ['json', 'application/json; charset=utf-8'],
  ['yaml', 'application/yaml; charset=utf-8'],
])('the document is written once, and revalidated by its tag: %s', async (format, type) => {
  const { http } = createHttp({ logger: pino({ level: 'silent' }), checks: {} });
  let written = 0;
  http.decorate('swagger', (() => ({ openapi: '3.1.0', written: ++written })) as unknown as typeof http.swagger);
  addSchema(http);
  const get = (etag?: string) =>
    http.inject({ url: `/schema/?format=${format}`, headers: etag ? { 'if-none-match': etag } : {} });

  const first = await get();
  expect(first.statusCode).toBe(200);
  expect(first.headers).toMatchObject({ 'content-type': type, 'cache-control': 'no-cache', vary: 'accept' });
  expect((await get()).body).toBe(first.body);
  expect(written).toBe(1);

  const { statusCode, body } = await get(String(first.headers.etag));
  expect([statusCode, body]).toEqual([304, '']);
  expect((await get('"another"')).statusCode).toBe(200);
});
