import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { afterAll, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ gateways: 2, ownServers: true });
});
afterAll(() => boxoffice.stop());

/** How many requests the catalog has answered on this route. */
async function countCatalogRequests(route: string): Promise<number> {
  const text = await (await fetch(`${boxoffice.catalog.url}/metrics`)).text();
  const line = text
    .split('\n')
    .find((one) => one.startsWith('http_request_duration_seconds_count') && one.includes(`route="${route}"`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

const get = (path: string, gateway = 0, headers: Record<string, string> = {}) =>
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  boxoffice.call<any>(path, { headers, ...(boxoffice.gateways[gateway] && { gateway: boxoffice.gateways[gateway] }) });

test('a hundred concurrent requests for one seat map become one request to the catalog', async () => {
  const show = await boxoffice.addShow();
  const route = '/internal/shows/:id/seats';
  const before = await countCatalogRequests(route);
  const responses = await Promise.all(Array.from({ length: 100 }, () => get(`/api/shows/${show}/seats/`)));
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
  const [first] = responses;
  for (const { body, headers } of responses) {
    expect(body).toEqual(first?.body);
    expect(headers.get('etag')).toBe(first?.headers.get('etag'));
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  }
  expect(new Set(responses.map(({ headers }) => headers.get('x-request-id'))).size).toBe(100);
  expect((await countCatalogRequests(route)) - before).toBe(1);
});

test('304 for a client that has the cached map, 200 for one that has another', async () => {
  const show = await boxoffice.addShow();
  const { headers } = await get(`/api/shows/${show}/seats/`);
  const etag = headers.get('etag') ?? '';
  const getIfNoneMatch = (tag: string) =>
    fetch(`${boxoffice.url}/api/shows/${show}/seats/`, { headers: { 'if-none-match': tag } });
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const response = await getIfNoneMatch(tag);
    expect([response.status, await response.text(), response.headers.get('etag')]).toEqual([304, '', etag]);
  }
  expect(await (await getIfNoneMatch('"other"')).json()).toMatchObject({ show_id: show });
});

test('a booking or cancellation shows in every response of the same gateway, and soon in those of other gateways', async () => {
  const show = await boxoffice.addShow({ totalSeats: 50 });
  const { body } = await get(`/api/shows/${show}/`);
  const availableSeats = async (gateway: number) => {
    const [map, one, list] = await Promise.all([
      get(`/api/shows/${show}/seats/`, gateway),
      get(`/api/shows/${show}/`, gateway),
      get(`/api/movies/${body.movie_id}/shows/`, gateway),
    ]);
    return [map.body.available_seats, one.body.available_seats, list.body.results[0].available_seats];
  };
  for (let seat = 1; seat <= 20; seat++) {
    await Promise.all([availableSeats(0), availableSeats(1)]); // now both gateways have cached the map that is about to change
    const booked = await boxoffice.book(show, [String(seat)], { wait: 10 });
    expect(booked.status).toBe(201);
    expect(await availableSeats(0)).toEqual([49, 49, 49]);
    await eventually(async () => (await availableSeats(1)).every((available) => available === 49), {
      timeoutMs: 1_000,
    });
    expect((await boxoffice.cancel(booked.body.id)).status).toBe(200);
    expect(await availableSeats(0)).toEqual([50, 50, 50]);
    await eventually(async () => (await availableSeats(1)).every((available) => available === 50), {
      timeoutMs: 1_000,
    });
  }
});

test('a response requested before a booking is not cached after it', async () => {
  const show = await boxoffice.addShow({ totalSeats: 200 });
  // Readers without a pause, so that a read is in progress whenever a booking is committed.
  let selling = true;
  const readers = Array.from({ length: 8 }, async () => {
    while (selling) await get(`/api/shows/${show}/`);
  });
  for (let seat = 1; seat <= 100; seat++) {
    await boxoffice.book(show, [String(seat)], { wait: 10 });
    expect((await get(`/api/shows/${show}/`)).body.available_seats).toBe(200 - seat);
  }
  selling = false;
  await Promise.all(readers);
});

test('an administrator’s change shows immediately, and soon through the other gateway', async () => {
  const movie = { title: 'Kept', duration_minutes: 90 };
  const as = { user: 1, role: 'admin' } as const;
  const created = await boxoffice.call('/api/admin/movies/', { ...as, method: 'POST', body: movie });
  const path = `/api/movies/${created.body.id}/`;
  for (const title of ['Changed', 'Changed again', 'And again']) {
    await Promise.all([get(path, 0), get(path, 1)]);
    await boxoffice.call(`/api/admin/movies/${created.body.id}/`, { ...as, method: 'PATCH', body: { title } });
    expect((await get(path, 0)).body.title).toBe(title);
    await eventually(async () => (await get(path, 1)).body.title === title);
  }
  await boxoffice.call(`/api/admin/movies/${created.body.id}/`, { ...as, method: 'DELETE' });
  expect((await get(path, 0)).status).toBe(404);
});

test('a failure is not cached', async () => {
  expect((await get('/api/shows/987654/')).status).toBe(404);
  await boxoffice.addShow({ id: 987_654 });
  expect((await get('/api/shows/987654/')).status).toBe(200);
});

test('503 within 1.5 s for everyone waiting for the same response while the catalog hangs', async () => {
  const show = await boxoffice.addShow();
  boxoffice.catalog.kill('SIGSTOP');
  try {
    const startMs = performance.now();
    const responses = await Promise.all(Array.from({ length: 20 }, () => get(`/api/shows/${show}/`)));
    expect(performance.now() - startMs).toBeLessThan(1_500);
    for (const { status, body, headers } of responses) {
      expect([status, body.code]).toEqual([503, 'catalog_unavailable']);
      expect([body.instance, headers.get('retry-after')]).toEqual([headers.get('x-request-id'), '1']);
    }
    expect(new Set(responses.map(({ body }) => body.instance)).size).toBe(20);
  } finally {
    boxoffice.catalog.kill('SIGCONT');
  }
  await eventually(async () => (await get(`/api/shows/${show}/`)).status === 200);
});

test('caching stops while Redis is away, and resumes once it is back', async () => {
  const show = await boxoffice.addShow();
  const path = `/api/shows/${show}/`;
  const route = '/internal/shows/:id';
  await get(path);
  await boxoffice.servers.redis.stop();
  await eventually(async () => {
    const before = await countCatalogRequests(route);
    for (let i = 0; i < 5; i++) expect((await get(path)).status).toBe(200);
    return (await countCatalogRequests(route)) - before === 5;
  });
  await boxoffice.servers.redis.restart();
  await eventually(async () => {
    const before = await countCatalogRequests(route);
    for (let i = 0; i < 5; i++) await get(path);
    return (await countCatalogRequests(route)) - before < 2;
  });
});
