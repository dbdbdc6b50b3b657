import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CatalogRoutes, startCatalogRoutes } from '../../../test/catalog-routes.ts';

let routes: CatalogRoutes;
let movie_id: number;
let screen_id: number;
const hall = {
  layout: ['SSS_SSS', '_______', '_PPPPP_'],
  legend: { S: { category: 'standard' }, P: { category: 'premium', accessible: true } },
};
const admin = (method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: object) =>
  routes.ask(method, `/api/admin${path}`, { as: 'admin', ...(body && { body }) });

beforeAll(async () => {
  routes = await startCatalogRoutes();
  movie_id = (await admin('POST', '/movies/', { title: 'Heat', duration_minutes: 170 })).body.id;
  screen_id = (await admin('POST', '/screens/', { name: 'Roxy', ...hall })).body.id;
});
afterAll(() => routes.stop());

describe('/api/admin/screens/', () => {
  it('creates, lists, reads, changes, replaces and deletes', async () => {
    const created = await admin('POST', '/screens/', { name: 'Grand Hall', ...hall });
    expect(created.statusCode).toBe(201);
    const { id } = created.body;
    expect(created.headers.location).toBe(`/api/admin/screens/${id}/`);
    expect(created.body).toEqual({
      ...{ id, name: 'Grand Hall', ...hall },
      ...{ total_seats: 11, categories: { standard: 6, premium: 5 } },
    });
    expect((await admin('GET', `/screens/${id}/`)).body).toEqual(created.body);
    expect((await admin('GET', '/screens/?page_size=1')).body).toMatchObject({
      ...{ count: 2, results: [created.body] },
      next: 'http://localhost:3000/api/admin/screens/?page_size=1&page=2',
    });
    const renamed = await admin('PATCH', `/screens/${id}/`, { name: 'Great Hall' });
    expect(renamed.body).toEqual({ ...created.body, name: 'Great Hall' });
    const studio = { name: 'Studio', layout: ['SS'], legend: hall.legend };
    expect((await admin('PUT', `/screens/${id}/`, studio)).body).toMatchObject({ ...studio, total_seats: 2 });
    const deleted = await admin('DELETE', `/screens/${id}/`);
    expect([deleted.statusCode, deleted.body]).toEqual([204, null]);
    for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
      const { statusCode, body } = await admin(method, `/screens/${id}/`, method === 'PATCH' ? {} : undefined);
      expect([statusCode, body.code]).toEqual([404, 'screen_not_found']);
    }
  });

  it('points at the row and the column of what is wrong', async () => {
    const { statusCode, body } = await admin('POST', '/screens/', {
      name: 'X',
      layout: ['SS', 'S?'],
      legend: hall.legend,
    });
    expect(statusCode).toBe(400);
    expect(body.errors).toEqual({ layout: ['Row 2, column 2: "?" is not in the legend'] });
  });
});

describe('shows on screens', () => {
  const show = { date_time: '2030-01-01T20:00:00.000Z', prices: { standard: 900, premium: 1_200 }, currency: 'EUR' };
  let id: number;
  beforeAll(async () => {
    id = (await admin('POST', '/shows/', { movie_id, screen_id, ...show })).body.id;
  });

  it('are public with their prices, and so is their seat map', async () => {
    await routes.book(id, 'B2');
    const { body } = await routes.ask('GET', `/api/shows/${id}/`);
    expect(body).toEqual({
      ...{ id, movie_id, screen_id, screen_name: 'Roxy', status: 'scheduled', payment: 'counter', ...show },
      ...{ total_seats: 11, seats_per_row: 7, available_seats: 10 },
      ...{ sales_open_at: null, sales_close_at: null, max_seats_per_user: null, forbid_single_seats: false },
    });
    const map = (await routes.ask('GET', `/api/shows/${id}/seats/`)).body;
    expect(map.seats).toHaveLength(11);
    expect(map.seats[3]).toEqual({
      ...{ seat_number: 'A4', row: 'A', number: 4, column: 5, category: 'standard', accessible: false },
      ...{ price: 900, status: 'available' },
    });
    expect(map.seats[7]).toEqual({
      ...{ seat_number: 'B2', row: 'B', number: 2, column: 3, category: 'premium', accessible: true },
      ...{ price: 1_200, status: 'booked' },
    });
  });

  it('409 while the screen is busy, for one show, a change and a run', async () => {
    const later = (await admin('POST', '/shows/', { movie_id, screen_id, date_time: '2030-01-02T20:00:00Z' })).body.id;
    const run = { screen_id, dates: ['2030-01-01'], times: ['21:00'], time_zone: 'UTC' };
    for (const { statusCode, body } of [
      await admin('POST', '/shows/', { movie_id, screen_id, date_time: show.date_time }),
      await admin('PATCH', `/shows/${later}/`, { date_time: show.date_time }),
      await admin('POST', `/movies/${movie_id}/shows/run/`, run),
    ]) {
      expect([statusCode, body.code]).toEqual([409, 'screen_busy']);
      expect(body.detail).toContain(`show ${id}`);
    }
    expect((await admin('DELETE', `/screens/${screen_id}/`)).body.code).toBe('has_shows');
  });

  it('are cancelled once, with a reason, by administrators only', async () => {
    const path = `/shows/${id}/cancel/`;
    expect((await routes.ask('POST', `/api/admin${path}`, { as: 'user', body: { reason: 'x' } })).statusCode).toBe(403);
    const cancelled = await admin('POST', path, { reason: 'The projector is broken' });
    expect([cancelled.statusCode, cancelled.body.status]).toEqual([200, 'cancelled']);
    expect((await admin('POST', path, { reason: 'Again' })).body).toEqual(cancelled.body);
    expect((await routes.ask('GET', `/api/shows/${id}/`)).body.status).toBe('cancelled');
  });
});
