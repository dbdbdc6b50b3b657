import { METHODS } from 'node:http';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createHttp, createPublicHttp, listen } from './http.ts';

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

describe('a public server', () => {
  const checks = {
    redis: () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:6379')),
    queue: async () => ({ warning: 'redis uses 83 % of its memory' }),
    database: async () => {},
  };
  const create = (some: Partial<typeof checks> = checks) =>
    createPublicHttp({ logger: pino({ level: 'silent' }), checks: some });

  test('tells strangers the state of its dependencies, and operators what is wrong with them', async () => {
    const { http, internal } = create();
    const [open, inside] = [await http.inject('/readyz'), await internal.inject('/readyz')];
    expect([open.statusCode, inside.statusCode]).toEqual([503, 503]);
    expect(open.json()).toEqual({
      status: 'not ready',
      checks: { redis: 'unavailable', queue: 'degraded', database: 'ok' },
    });
    expect(inside.json()).toEqual({
      status: 'not ready',
      checks: {
        redis: 'connect ECONNREFUSED 10.1.2.3:6379',
        queue: 'redis uses 83 % of its memory',
        database: 'ok',
      },
    });
  });

  test('is ready with a warning, and stops being ready when it closes', async () => {
    const { http, internal } = create({ queue: checks.queue });
    const stopping = new Promise((resolve) => {
      http.addHook('preClose', async () =>
        resolve(await internal.inject('/readyz').then((response) => response.json())),
      );
    });
    expect((await http.inject('/readyz')).statusCode).toBe(200);
    await http.close();
    expect(await stopping).toMatchObject({ status: 'stopping' });
  });

  test('probes that arrive together share one round of checks', async () => {
    let rounds = 0;
    const { http, internal } = create({ database: async () => void rounds++ });
    await Promise.all([...Array(50)].map(() => http.inject('/readyz')).concat(internal.inject('/readyz')));
    expect(rounds).toBeLessThan(10);
    const before = rounds;
    await http.inject('/readyz');
    expect(rounds).toBe(before + 1);
  });

  test('serves its metrics internally only, and unknown paths and methods add none', async () => {
    const { http, internal } = create({});
    http.get('/things/:id', async () => 'fine');
    expect((await http.inject('/metrics')).statusCode).toBe(404);
    const series = async () => {
      const { body } = await internal.inject('/metrics');
      return [...body.matchAll(/^http_request_duration_seconds_count\{(.*)\} /gm)].map(([, labels]) => labels);
    };
    await http.inject('/things/1');
    for (const method of METHODS.filter((name) => name !== 'CONNECT')) {
      await http.inject({ method: method as 'GET', url: `/${method}/nothing` });
      await http.inject({ method: method as 'GET', url: `/livez/${method}` });
    }
    for (const id of [2, 3, 4]) await http.inject(`/things/${id}`);
    expect((await series()).sort()).toEqual([
      'method="GET",route="/things/:id",status="200"',
      'method="any",route="unknown",status="400"',
      'method="any",route="unknown",status="404"',
    ]);
  });
});
