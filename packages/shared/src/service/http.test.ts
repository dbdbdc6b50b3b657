import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createHttp, listen } from './http.ts';

test.each(['0.0.0.0', '127.0.0.1'])('a server that listens on %s logs that address', async (host) => {
  const lines: string[] = [];
  const log = new Writable({
    write(line, _encoding, done) {
      lines.push(JSON.parse(String(line)).msg);
      done();
    },
  });
  const { http } = createHttp({ logger: pino(log), checks: {} });
  await listen(http, { host, port: 0 });
  await http.close();
  expect(lines).toContainEqual(expect.stringMatching(/listening on .* at http:\/\/127\.0\.0\.1:\d+$/));
  for (const line of lines) expect(line).toContain(`listening on ${host},`);
});

test.each(['/things/%zz', '/things/%c3%28', `/things/${'x'.repeat(1_000)}`])(
  'errors of the router are problems too: %s',
  async (url) => {
    const { http } = createHttp({ logger: pino({ level: 'silent' }), checks: {} });
    http.get('/things/:id', { schema: { params: z.object({ id: z.string().max(100) }) } }, async () => 'fine');
    const { statusCode, headers, body } = await http.inject(url);
    expect(statusCode).toBe(400);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ code: 'validation_failed', status: 400 });
  },
);

test.each([
  ['57P01', 503],
  ['28P01', 503],
  ['25006', 503],
  ['23514', 500],
])('a database error %s is answered with %i', async (code, status) => {
  const { http } = createHttp({ logger: pino({ level: 'silent' }), checks: {} });
  http.get('/', async () => {
    throw new Error('cannot read', { cause: Object.assign(new Error('the reason'), { code }) });
  });
  const { statusCode, headers } = await http.inject('/');
  expect(statusCode).toBe(status);
  expect(headers['retry-after']).toBe(status === 503 ? '1' : undefined);
});
