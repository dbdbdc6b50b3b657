import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CatalogRoutes, startCatalogRoutes } from '../../../test/catalog-routes.ts';

let routes: CatalogRoutes;
let movie: number;
const show = () => ({
  movie_id: movie,
  screen_name: 'Screen 1',
  date_time: '2030-01-01T19:30:00.000Z',
  total_seats: 20,
});
const admin = (method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: object) =>
  routes.ask(method, `/api/admin${path}`, { as: 'admin', ...(body && { body }) });

beforeAll(async () => {
  routes = await startCatalogRoutes();
  movie = (await admin('POST', '/movies/', { title: 'Heat', duration_minutes: 170 })).body.id;
});
afterAll(() => routes.stop());

describe.each(['movies', 'shows'])('/api/admin/%s/', (resource) => {
  it.each([
    ['GET', ''],
    ['POST', ''],
    ['GET', '1/'],
    ['PATCH', '1/'],
    ['PUT', '1/'],
    ['DELETE', '1/'],
  ] as const)('%s /%s is for administrators only', async (method, path) => {
    const body = method === 'GET' || method === 'DELETE' ? {} : { body: { title: 'x' } };
    const nobody = await routes.ask(method, `/api/admin/${resource}/${path}`, body);
    expect([nobody.statusCode, nobody.body.code]).toEqual([401, 'unauthenticated']);
    const user = await routes.ask(method, `/api/admin/${resource}/${path}`, { as: 'user', ...body });
    expect([user.statusCode, user.body.code]).toEqual([403, 'forbidden']);
  });
});

describe('/api/admin/movies/', () => {
  it('creates, reads, changes, replaces and deletes', async () => {
    const created = await admin('POST', '/movies/', { title: 'Ronin', duration_minutes: 122, rating: 'R' });
    expect(created.statusCode).toBe(201);
    const { id } = created.body;
    expect(created.headers.location).toBe(`/api/admin/movies/${id}/`);
    expect((await admin('GET', `/movies/${id}/`)).body).toEqual(created.body);
    expect((await admin('PATCH', `/movies/${id}/`, { language: 'English' })).body).toEqual({
      ...created.body,
      language: 'English',
    });
    expect((await admin('PUT', `/movies/${id}/`, { title: 'Ronin', duration_minutes: 121 })).body).toEqual({
      ...created.body,
      duration_minutes: 121,
      rating: '',
    });
    const deleted = await admin('DELETE', `/movies/${id}/`);
    expect([deleted.statusCode, deleted.body]).toEqual([204, null]);
    for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
      const { statusCode, body } = await admin(method, `/movies/${id}/`, method === 'PATCH' ? {} : undefined);
      expect([statusCode, body.code]).toEqual([404, 'movie_not_found']);
    }
  });

  it('lists in pages with links', async () => {
    await admin('POST', '/movies/', { title: 'Thief', duration_minutes: 123 });
    const { body } = await admin('GET', '/movies/?page_size=1&search=h');
    expect(body).toMatchObject({
      count: 2,
      next: 'http://localhost:3000/api/admin/movies/?page_size=1&search=h&page=2',
    });
  });

  it('names every invalid field', async () => {
    const { statusCode, body } = await admin('POST', '/movies/', {
      title: ' ',
      duration_minutes: 0,
      poster_url: 'javascript:x',
    });
    expect(statusCode).toBe(400);
    expect(Object.keys(body.errors)).toEqual(['title', 'duration_minutes', 'poster_url']);
  });

  it('409 while the movie has shows', async () => {
    await admin('POST', '/shows/', show());
    const { statusCode, body } = await admin('DELETE', `/movies/${movie}/`);
    expect([statusCode, body.code]).toEqual([409, 'has_shows']);
  });
});

describe('/api/admin/shows/', () => {
  it('creates, reads, changes, replaces and deletes', async () => {
    const created = await admin('POST', '/shows/', show());
    expect(created.statusCode).toBe(201);
    const { id } = created.body;
    expect(created.headers.location).toBe(`/api/admin/shows/${id}/`);
    expect(created.body).toEqual({
      ...{ id, ...show(), seats_per_row: 10, available_seats: 20, screen_id: null, status: 'scheduled' },
      ...{ payment: 'free', prices: null, currency: null, sales_open_at: null, sales_close_at: null },
      ...{ max_seats_per_user: null, forbid_single_seats: false },
    });
    expect((await admin('GET', `/shows/${id}/`)).body).toEqual(created.body);
    const changed = await admin('PATCH', `/shows/${id}/`, { total_seats: 30 });
    expect(changed.body).toEqual({ ...created.body, total_seats: 30, available_seats: 30 });
    expect((await admin('PUT', `/shows/${id}/`, show())).body).toEqual(created.body);
    const deleted = await admin('DELETE', `/shows/${id}/`);
    expect([deleted.statusCode, deleted.body]).toEqual([204, null]);
    for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
      const { statusCode, body } = await admin(method, `/shows/${id}/`, method === 'PATCH' ? {} : undefined);
      expect([statusCode, body.code]).toEqual([404, 'show_not_found']);
    }
  });

  it('lists the shows of one movie and period', async () => {
    const other = (await admin('POST', '/movies/', { title: 'Collateral', duration_minutes: 120 })).body.id;
    for (const date_time of ['2031-01-01T00:00:00Z', '2031-01-02T00:00:00Z']) {
      await admin('POST', '/shows/', { ...show(), movie_id: other, date_time });
    }
    const { body } = await admin('GET', `/shows/?movie_id=${other}&from=2031-01-02`);
    expect(body).toMatchObject({ count: 1, results: [{ movie_id: other, date_time: '2031-01-02T00:00:00.000Z' }] });
  });

  it('400 names a movie that does not exist', async () => {
    const { statusCode, body } = await admin('POST', '/shows/', { ...show(), movie_id: 99_999 });
    expect([statusCode, body.errors]).toEqual([400, { movie_id: ['There is no movie 99999'] }]);
  });

  it('409 when a booking prevents it', async () => {
    const { id } = (await admin('POST', '/shows/', show())).body;
    await routes.book(id, 'B10');
    for (const response of [
      await admin('DELETE', `/shows/${id}/`),
      await admin('PATCH', `/shows/${id}/`, { total_seats: 19 }),
      await admin('PUT', `/shows/${id}/`, { ...show(), seats_per_row: 5 }),
    ]) {
      expect([response.statusCode, response.body.code]).toEqual([409, 'has_bookings']);
      expect(response.body.detail).toContain('1 booking');
    }
  });
});
