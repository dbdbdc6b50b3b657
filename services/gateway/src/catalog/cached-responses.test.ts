import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { afterAll, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ gateways: 2, ownServers: true });
});
afterAll(() => boxoffice.stop());

/** Requests that the catalog has answered on this route. */
async function askedOfCatalog(route: string): Promise<number> {
  const text = await (await fetch(`${boxoffice.catalog.url}/metrics`)).text();
  const line = text
    .split('\n')
    .find((one) => one.startsWith('http_request_duration_seconds_count') && one.includes(`route="${route}"`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

const get = (path: string, gateway = 0, headers: Record<string, string> = {}) =>
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  boxoffice.call<any>(path, { headers, ...(boxoffice.gateways[gateway] && { gateway: boxoffice.gateways[gateway] }) });

test('a hundred who look at a show at once are one request to the catalog', async () => {
  const show = await boxoffice.addShow();
  const route = '/internal/shows/:id/seats';
  const before = await askedOfCatalog(route);
  const answers = await Promise.all(Array.from({ length: 100 }, () => get(`/api/shows/${show}/seats/`)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const [first] = answers;
  for (const { body, headers } of answers) {
    expect(body).toEqual(first?.body);
    expect(headers.get('etag')).toBe(first?.headers.get('etag'));
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  }
  expect(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size).toBe(100);
  expect((await askedOfCatalog(route)) - before).toBe(1);
});

test('who has the map as it is kept gets 304, who has another gets it', async () => {
  const show = await boxoffice.addShow();
  const { headers } = await get(`/api/shows/${show}/seats/`);
  const etag = headers.get('etag') ?? '';
  const ask = (tag: string) =>
    fetch(`${boxoffice.url}/api/shows/${show}/seats/`, { headers: { 'if-none-match': tag } });
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const answer = await ask(tag);
    expect([answer.status, await answer.text(), answer.headers.get('etag')]).toEqual([304, '', etag]);
  }
  expect(await (await ask('"other"')).json()).toMatchObject({ show_id: show });
});

test('whoever hears of a booking or a cancellation sees it in every answer; through another gateway soon', async () => {
  const show = await boxoffice.addShow({ totalSeats: 50 });
  const { body } = await get(`/api/shows/${show}/`);
  const look = async (gateway: number) => {
    const [map, one, list] = await Promise.all([
      get(`/api/shows/${show}/seats/`, gateway),
      get(`/api/shows/${show}/`, gateway),
      get(`/api/movies/${body.movie_id}/shows/`, gateway),
    ]);
    return [map.body.available_seats, one.body.available_seats, list.body.results[0].available_seats];
  };
  for (let seat = 1; seat <= 20; seat++) {
    await Promise.all([look(0), look(1)]); // now both keep what will be old
    const booked = await boxoffice.book(show, [String(seat)], { wait: 10 });
    expect(booked.status).toBe(201);
    expect(await look(0)).toEqual([49, 49, 49]);
    await eventually(async () => (await look(1)).every((available) => available === 49), { timeoutMs: 1_000 });
    expect((await boxoffice.cancel(booked.body.id)).status).toBe(200);
    expect(await look(0)).toEqual([50, 50, 50]);
    await eventually(async () => (await look(1)).every((available) => available === 50), { timeoutMs: 1_000 });
  }
});

test('an answer that was asked for before a booking is not kept after it', async () => {
  const show = await boxoffice.addShow({ totalSeats: 200 });
  // Readers all the time, so that a read is under way whenever a booking is committed.
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

test('what an administrator changes shows at once, and through the other gateway soon', async () => {
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

test('a failure is not kept', async () => {
  expect((await get('/api/shows/987654/')).status).toBe(404);
  await boxoffice.addShow({ id: 987_654 });
  expect((await get('/api/shows/987654/')).status).toBe(200);
});

test('while Redis is away nothing is kept, and everything is again once it is back', async () => {
  const show = await boxoffice.addShow();
  const path = `/api/shows/${show}/`;
  const route = '/internal/shows/:id';
  await get(path);
  await boxoffice.servers.redis.stop();
  await eventually(async () => {
    const before = await askedOfCatalog(route);
    for (let i = 0; i < 5; i++) expect((await get(path)).status).toBe(200);
    return (await askedOfCatalog(route)) - before === 5;
  });
  await boxoffice.servers.redis.restart();
  await eventually(async () => {
    const before = await askedOfCatalog(route);
    for (let i = 0; i < 5; i++) await get(path);
    return (await askedOfCatalog(route)) - before < 2;
  });
});
