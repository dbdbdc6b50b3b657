import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProblemError, problem } from '@boxoffice/shared/contracts/problems';
import { exampleRules } from '@boxoffice/shared/contracts/show-rules';
import { afterEach, describe, expect, it } from 'vitest';
import { CatalogClient } from './catalog-client.ts';
import { CatalogConnection } from './catalog-connection.ts';
import { CatalogEditor } from './catalog-editor.ts';

/** Stands in for the catalog: it misbehaves in ways a real one cannot be made to. */
let server: Server;
let connection: CatalogConnection;
let client: CatalogClient;
let editor: CatalogEditor;
let requests: IncomingMessage[];
let connections: number;

async function listen(respond: RequestListener, port = 0): Promise<number> {
  requests = [];
  connections = 0;
  server = createServer((request, response) => {
    requests.push(request);
    respond(request, response);
  });
  server.on('connection', () => connections++);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function connect(respond: RequestListener): Promise<void> {
  connection = new CatalogConnection(`http://127.0.0.1:${await listen(respond)}`, 'the secret');
  client = new CatalogClient(connection);
  editor = new CatalogEditor(connection, () => client.clearShowFacts());
}

async function stopServer(): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

afterEach(async () => {
  if (server.listening) await stopServer();
  await connection.close();
});

const author = { actorId: 1, requestId: 'r' };

const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** The problem with which a call fails, and how long that took in milliseconds. */
async function failureOf(call: Promise<unknown>) {
  const startMs = performance.now();
  const error = await call.then(
    () => null,
    (failure: unknown) => failure,
  );
  if (!(error instanceof ProblemError)) throw new Error('the call did not fail with a problem', { cause: error });
  return { ...error.problem, retryAfterSeconds: error.retryAfterSeconds, tookMs: performance.now() - startMs };
}

// These measure time: retried in case the machine is busy for a moment.
describe('a catalog that is down', { retry: 2 }, () => {
  it.each<[string, RequestListener]>([
    ['never answers', () => {}],
    [
      'stops in the middle of the response',
      (_, response) => response.writeHead(200, { 'content-length': 99 }).write('{"id":'),
    ],
    ['sends a byte now and then', (_, response) => drip(response)],
  ])('%s: 503 within 1.5 s', async (_, respond) => {
    await connect(respond);
    const failure = await failureOf(client.getShow(1, 'r'));
    expect(failure).toMatchObject({ status: 503, code: 'catalog_unavailable', retryAfterSeconds: 1 });
    expect(failure.tookMs).toBeLessThan(1_500);
  });

  it.each<[string, RequestListener]>([
    ['closes the connection', (request) => request.socket.destroy()],
    [
      'closes the connection in the middle of the response',
      (request, response) => response.write('{', () => request.socket.destroy()),
    ],
    ['is a different server', (_, response) => response.end('<h1>It works!</h1>')],
    ['is a proxy with an error page', (_, response) => response.writeHead(502).end('<h1>Bad gateway</h1>')],
  ])('%s: 503 immediately', async (_, respond) => {
    await connect(respond);
    const failure = await failureOf(client.getShow(1, 'r'));
    expect(failure).toMatchObject({ status: 503, code: 'catalog_unavailable', retryAfterSeconds: 1 });
    expect(failure.tookMs).toBeLessThan(500);
  });

  it('does not listen: 503 immediately, and works again once it does', async () => {
    await connect((_, response) => json(response, 200, { id: 1 }));
    const { port } = server.address() as AddressInfo;
    expect(await client.getShow(1, 'r')).toEqual({ id: 1 });
    await stopServer();
    const failure = await failureOf(client.getShow(1, 'r'));
    expect(failure).toMatchObject({ code: 'catalog_unavailable' });
    expect(failure.tookMs).toBeLessThan(500);
    await listen((_, response) => json(response, 200, { id: 2 }), port);
    expect(await client.getShow(1, 'r')).toEqual({ id: 2 });
  });

  it('never answers, with more requests than connections: each fails with 503 in time', async () => {
    await connect(() => {});
    const failures = await Promise.all(Array.from({ length: 200 }, () => failureOf(client.getShow(1, 'r'))));
    for (const { code, tookMs } of failures) {
      expect(code).toBe('catalog_unavailable');
      expect(tookMs).toBeLessThan(1_500);
    }
    expect(requests.length).toBeLessThan(100); // most never left
  });

  /** Each byte would restart a timeout between bytes. */
  function drip(response: ServerResponse): void {
    response.writeHead(200);
    const timer = setInterval(() => response.write(' '), 100);
    response.on('close', () => clearInterval(timer));
  }
});

describe('a problem of the catalog', () => {
  it.each([
    problem('show_not_found', 'There is no show 1.'),
    problem('has_bookings', 'Show 1 has 2 bookings.'),
    problem('validation_failed', 'movie_id: no', { errors: { movie_id: ['no'] } }),
    problem('internal_error'),
  ])('is passed on: $code', async (body) => {
    await connect((_, response) => json(response, body.status, { ...body, instance: 'r' }));
    const { tookMs: _, retryAfterSeconds, ...failure } = await failureOf(client.getShow(1, 'r'));
    expect(failure).toEqual(body);
    expect(retryAfterSeconds).toBeUndefined();
  });

  it('is passed on if its database is down', async () => {
    await connect((_, response) => json(response, 503, problem('database_unavailable')));
    expect(await failureOf(client.getShow(1, 'r'))).toMatchObject({
      code: 'database_unavailable',
      retryAfterSeconds: 1,
    });
  });
});

describe('requests', () => {
  it('carry the request id and the query', async () => {
    await connect((_, response) => json(response, 200, { count: 0, results: [] }));
    const from = new Date('2030-01-01T00:00:00Z');
    await client.listShowsOfMovie(3, { page: 2, page_size: 5, from, to: undefined }, 'request-1');
    await client.listMovies({ page: 1, page_size: 20, search: 'a&page=9 +%' }, 'request-2');
    const [first, second] = requests.map(({ url, headers }) => ({
      url: new URL(url ?? '', 'http://catalog'),
      id: headers['x-request-id'],
    }));
    expect(first?.id).toBe('request-1');
    expect(first?.url.pathname).toBe('/internal/movies/3/shows');
    expect(Object.fromEntries(first?.url.searchParams ?? [])).toEqual({
      page: '2',
      page_size: '5',
      from: from.toISOString(),
    });
    expect(second?.id).toBe('request-2');
    expect(second?.url.searchParams.get('search')).toBe('a&page=9 +%');
  });

  it('reuse connections', async () => {
    await connect((_, response) => json(response, 200, { id: 1 }));
    for (let round = 0; round < 20; round++) await client.getShow(1, 'r');
    // At most two: one may still be finishing its response when the next request is sent.
    expect(connections).toBeLessThanOrEqual(2);
  });
});

describe('getShowFacts', () => {
  it('requests once for a rush, and again after this gateway has changed the show', async () => {
    await connect((request, response) =>
      request.method === 'DELETE' ? response.writeHead(204).end() : json(response, 200, { results: [{ id: 7 }] }),
    );
    const rush = () => Promise.all(Array.from({ length: 50 }, () => client.getShowFacts(7, 'r')));
    const asked = () => requests.filter(({ url }) => url === '/internal/show-facts?ids=7').length;
    await rush();
    await rush();
    expect(asked()).toBe(1);
    const hall = { screen_name: 'A', total_seats: 1, seats_per_row: 1 };
    const show = { movie_id: 1, date_time: '', ...hall, ...exampleRules };
    const changes = [
      () => editor.changeShow(7, { total_seats: 5 }, author),
      () => editor.replaceShow(7, show, author),
      () => editor.deleteShow(7, author),
      () => editor.createShow(show, author),
    ];
    for (const [done, change] of changes.entries()) {
      await change();
      await rush();
      expect(asked()).toBe(done + 2);
    }
  });

  it('requests again after a change that may have been applied', async () => {
    await connect((request, response) =>
      request.method === 'GET' ? json(response, 200, { results: [{ id: 7 }] }) : request.socket.destroy(),
    );
    await client.getShowFacts(7, 'r');
    await failureOf(editor.changeShow(7, { total_seats: 5 }, author));
    await client.getShowFacts(7, 'r');
    expect(requests.filter(({ url }) => url === '/internal/show-facts?ids=7')).toHaveLength(2);
  });
});

describe('findBookingShows', () => {
  it('requests each show once, and sends nothing for an empty list', async () => {
    await connect((_, response) => json(response, 200, { count: 1, results: [{ id: 5 }] }));
    expect(await client.findBookingShows([], 'r')).toEqual(new Map());
    expect(requests).toHaveLength(0);
    expect(await client.findBookingShows([5, 6, 5], 'r')).toEqual(new Map([[5, { id: 5 }]]));
    expect(new URL(requests[0]?.url ?? '', 'http://catalog').searchParams.get('ids')).toBe('5,6');
  });
});

describe('check', () => {
  it.each([
    [200, true],
    [503, false],
  ])('when the catalog’s /readyz answers %i', async (status, ready) => {
    await connect((_, response) => json(response, status, {}));
    if (ready) await connection.check();
    else await expect(connection.check()).rejects.toThrow('503');
    expect(requests[0]?.url).toBe('/readyz');
  });
});
