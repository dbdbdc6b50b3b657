import { eventually } from '@boxoffice/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CatalogRoutes, startCatalogRoutes } from '../../../test/catalog-routes.ts';

let routes: CatalogRoutes;
let movie: number;
let show: number;
beforeAll(async () => {
  routes = await startCatalogRoutes();
  for (const title of ['Alien', 'Brazil', 'Casablanca', 'Dune', 'E.T.']) {
    const { body } = await routes.ask('POST', '/api/admin/movies/', {
      as: 'admin',
      body: { title, duration_minutes: 100 },
    });
    movie = body.id;
  }
  const body = { movie_id: movie, screen_name: 'Screen 1', date_time: '2030-01-01T19:30:00Z', total_seats: 12 };
  show = (await routes.ask('POST', '/api/admin/shows/', { as: 'admin', body })).body.id;
  await routes.book(show, 'A2');
});
afterAll(() => routes.stop());

describe('GET /api/movies/', () => {
  it('returns a page with links to its neighbours', async () => {
    const { statusCode, body } = await routes.ask('GET', '/api/movies/?page=2&page_size=2');
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({
      count: 5,
      next: 'http://localhost:3000/api/movies/?page=3&page_size=2',
      previous: 'http://localhost:3000/api/movies/?page=1&page_size=2',
    });
    expect(body.results.map((result: { title: string }) => result.title)).toEqual(['Casablanca', 'Dune']);
  });

  it('searches by title, with or without the trailing slash', async () => {
    for (const path of ['/api/movies/?search=e.', '/api/movies?search=e.']) {
      expect((await routes.ask('GET', path)).body).toMatchObject({
        count: 1,
        next: null,
        results: [{ title: 'E.T.' }],
      });
    }
  });

  it.each(['page=0', 'page=x', 'page_size=101', `search=${'x'.repeat(201)}`])('refuses ?%s', async (query) => {
    const { statusCode, headers, body } = await routes.ask('GET', `/api/movies/?${query}`);
    expect(statusCode).toBe(400);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({
      code: 'validation_failed',
      errors: { [query.split('=')[0] ?? '']: [expect.any(String)] },
    });
  });
});

describe('GET /api/movies/:id/', () => {
  it('returns the movie', async () => {
    const { statusCode, body } = await routes.ask('GET', `/api/movies/${movie}/`);
    expect(statusCode).toBe(200);
    expect(body).toEqual({
      id: movie,
      title: 'E.T.',
      duration_minutes: 100,
      description: '',
      rating: '',
      language: '',
      poster_url: null,
    });
  });

  it('404 for an unknown movie, with this request’s id', async () => {
    const { statusCode, body } = await routes.ask('GET', '/api/movies/99999/', {
      headers: { 'x-request-id': 'request-404' },
    });
    expect(statusCode).toBe(404);
    expect(body).toMatchObject({
      code: 'movie_not_found',
      detail: 'There is no movie 99999.',
      instance: 'request-404',
    });
    await routes.catalog.waitForLog(/request-404/);
  });

  it.each(['0', '-1', 'x', '2147483648'])('400 for the id %s', async (id) => {
    expect((await routes.ask('GET', `/api/movies/${id}/`)).statusCode).toBe(400);
  });
});

describe('GET /api/movies/:id/shows/', () => {
  it('returns the shows with their availability', async () => {
    const { statusCode, body } = await routes.ask('GET', `/api/movies/${movie}/shows/?from=2030-01-01&to=2030-01-02`);
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({ count: 1, next: null, previous: null, results: [{ id: show, available_seats: 11 }] });
    expect((await routes.ask('GET', `/api/movies/${movie}/shows/?to=2030-01-01`)).body.count).toBe(0);
  });

  it('404 for an unknown movie, 400 for an invalid time', async () => {
    expect((await routes.ask('GET', '/api/movies/99999/shows/')).body.code).toBe('movie_not_found');
    expect((await routes.ask('GET', `/api/movies/${movie}/shows/?from=soon`)).body.code).toBe('validation_failed');
  });
});

describe('GET /api/shows/', () => {
  it('returns shows of all movies, by start, or only those of a period', async () => {
    const { statusCode, body } = await routes.ask('GET', '/api/shows/?from=2030-01-01&to=2030-01-02');
    expect(statusCode).toBe(200);
    expect(body.results).toEqual([(await routes.ask('GET', `/api/shows/${show}/`)).body]);
    expect((await routes.ask('GET', '/api/shows/?to=2030-01-01')).body.count).toBe(0);
  });

  it('refuses an invalid time', async () => {
    expect((await routes.ask('GET', '/api/shows/?from=soon')).body.code).toBe('validation_failed');
  });
});

describe('GET /api/shows/:id/', () => {
  it('returns the show', async () => {
    const { statusCode, body } = await routes.ask('GET', `/api/shows/${show}/`);
    expect(statusCode).toBe(200);
    expect(body).toEqual({
      id: show,
      movie_id: movie,
      screen_name: 'Screen 1',
      date_time: '2030-01-01T19:30:00.000Z',
      total_seats: 12,
      seats_per_row: 10,
      available_seats: 11,
      ...{ screen_id: null, status: 'scheduled', payment: 'free', prices: null, currency: null },
      ...{ sales_open_at: null, sales_close_at: null, max_seats_per_user: null, forbid_single_seats: false },
    });
  });

  it('404 for an unknown show', async () => {
    expect((await routes.ask('GET', '/api/shows/99999/')).body.code).toBe('show_not_found');
  });
});

describe('GET /api/shows/:id/seats/', () => {
  it('returns the map with its ETag, then 304 until a seat is booked', async () => {
    const path = `/api/shows/${show}/seats/`;
    const first = await routes.ask('GET', path);
    expect(first.statusCode).toBe(200);
    expect(first.headers['content-type']).toMatch(/^application\/json/);
    expect(first.headers['cache-control']).toBe('no-cache');
    expect(first.body).toMatchObject({ show_id: show, total_seats: 12, available_seats: 11 });
    expect(first.body.seats[1]).toEqual({
      ...{ seat_number: 'A2', row: 'A', number: 2, column: 2, status: 'booked' },
      ...{ category: 'standard', accessible: false, price: 0 },
    });

    const headers = { 'if-none-match': String(first.headers.etag) };
    const second = await routes.ask('GET', path, { headers });
    expect(second.statusCode).toBe(304);
    expect(second.headers.etag).toBe(first.headers.etag);
    expect(second.body).toBeNull();

    await routes.book(show, 'A3');
    const third = await routes.ask('GET', path, { headers });
    expect(third.statusCode).toBe(200);
    expect(third.headers.etag).not.toBe(first.headers.etag);
    expect(third.body.seats[2].status).toBe('booked');
  });

  it('404 for an unknown show', async () => {
    expect((await routes.ask('GET', '/api/shows/99999/seats/')).body.code).toBe('show_not_found');
  });
});

describe('a catalog that hangs', () => {
  it('is a 503 within 1.5 s, and recovers with the catalog', async () => {
    routes.catalog.kill('SIGSTOP');
    try {
      const startMs = performance.now();
      const { statusCode, headers, body } = await routes.ask('GET', '/api/movies/');
      expect(performance.now() - startMs).toBeLessThan(1_500);
      expect(statusCode).toBe(503);
      expect(headers['retry-after']).toBe('1');
      expect(body.code).toBe('catalog_unavailable');
    } finally {
      routes.catalog.kill('SIGCONT');
    }
    await eventually(async () => (await routes.ask('GET', '/api/movies/')).statusCode === 200);
  });
});
