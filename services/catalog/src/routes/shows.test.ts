import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { book, cancel, type StartedCatalog, startCatalog } from '../../test/started-catalog.ts';

let catalog: StartedCatalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());

const ids = (rows: { results: { id: number }[] }) => rows.results.map((show) => show.id);
const available = async (id: number) => (await catalog.get(`/shows/${id}`)).body.available_seats;

/** The fields of a show without a screen and without rules of sale. */
const plain = {
  ...{ screen_id: null, status: 'scheduled', payment: 'free', prices: null, currency: null },
  ...{ sales_open_at: null, sales_close_at: null, max_seats_per_user: null, forbid_single_seats: false },
};

describe('lists of shows', () => {
  let movie: number;
  let other: number;
  let past: number;
  let first: number;
  let second: number;
  let secondToo: number;
  let elsewhere: number;
  beforeAll(async () => {
    movie = await catalog.addMovie();
    other = await catalog.addMovie();
    second = await catalog.addShow({ movie_id: movie, date_time: '2030-01-02T12:00:00Z' });
    first = await catalog.addShow({ movie_id: movie, date_time: '2030-01-01T12:00:00Z' });
    secondToo = await catalog.addShow({ movie_id: movie, date_time: '2030-01-02T13:00:00+01:00' });
    past = await catalog.addShow({ movie_id: movie, date_time: '2020-01-01T12:00:00Z' });
    elsewhere = await catalog.addShow({ movie_id: other, date_time: '2030-01-01T18:00:00Z' });
  });

  it('of a movie: all of them, by start, then id', async () => {
    const { body } = await catalog.get(`/movies/${movie}/shows`);
    expect(ids(body)).toEqual([past, first, second, secondToo]);
    expect(body.count).toBe(4);
    expect(body.results[1]).toEqual({
      id: first,
      movie_id: movie,
      screen_name: 'Screen 1',
      date_time: '2030-01-01T12:00:00.000Z',
      total_seats: 20,
      seats_per_row: 10,
      available_seats: 20,
      ...plain,
    });
  });

  it('from is inclusive, to is exclusive', async () => {
    const between = async (query: string) => ids((await catalog.get(`/movies/${movie}/shows?${query}`)).body);
    expect(await between('from=2030-01-01T12:00:00Z')).toEqual([first, second, secondToo]);
    expect(await between('from=2030-01-01T12:00:01Z')).toEqual([second, secondToo]);
    expect(await between('to=2030-01-01T12:00:00Z')).toEqual([past]);
    expect(await between('from=2030-01-01&to=2030-01-02')).toEqual([first]);
    expect(await between('from=2030-01-01T13:30:00%2B02:00&to=2030-01-01T14:00:01%2B02:00')).toEqual([first]);
    expect((await catalog.get(`/movies/${movie}/shows?from=tomorrow`)).statusCode).toBe(400);
  });

  it.each(['0000-01-01', '0001-01-01T00:00:00%2B02:00', '9999-12-31T23:59:59-05:00'])(
    'refuses the time %s',
    async (time) => {
      expect((await catalog.get(`/shows?from=${time}`)).body.errors).toHaveProperty('from');
      expect((await catalog.get(`/movies/${movie}/shows?to=${time}`)).body.errors).toHaveProperty('to');
      const date_time = `${decodeURIComponent(time)}${time.includes('T') ? '' : 'T00:00:00Z'}`;
      const { statusCode, body } = await catalog.send('POST', '/shows', {
        movie_id: movie,
        screen_name: 'Screen 1',
        date_time,
        total_seats: 20,
      });
      expect(statusCode).toBe(400);
      expect(Object.keys(body.errors ?? {})).toEqual(['date_time']);
    },
  );

  it('of a movie without shows, or without any in that period: an empty page', async () => {
    expect((await catalog.get(`/movies/${await catalog.addMovie()}/shows`)).body).toEqual({ count: 0, results: [] });
    expect((await catalog.get(`/movies/${movie}/shows?from=2040-01-01`)).body).toEqual({ count: 0, results: [] });
  });

  it('for administrators: of every movie, or of one', async () => {
    expect(ids((await catalog.get('/shows')).body)).toEqual([past, first, elsewhere, second, secondToo]);
    expect(ids((await catalog.get(`/shows?movie_id=${other}`)).body)).toEqual([elsewhere]);
    expect(ids((await catalog.get('/shows?page=2&page_size=2')).body)).toEqual([elsewhere, second]);
    expect((await catalog.get('/shows?page_size=101')).statusCode).toBe(400);
  });
});

describe('available_seats', () => {
  it('excludes seats that are booked, or held by the database’s clock', async () => {
    const show = await catalog.addShow();
    const em = catalog.worker.em.fork();
    await book(em, show, ['A1']);
    const pair = await book(em, show, ['B1', 'B2']);
    await book(em, show, ['A3'], '1 hour');
    await book(em, show, ['A4', 'A5'], '-1 second');
    await book(em, await catalog.addShow(), ['A1']);
    expect(await available(show)).toBe(16);
    await cancel(em, show, pair);
    expect(await available(show)).toBe(18);
  });

  it('is exact in lists', async () => {
    const movie = await catalog.addMovie();
    const em = catalog.worker.em.fork();
    for (const seats of [[], ['A1'], ['A1', 'A2']]) {
      const show = await catalog.addShow({ movie_id: movie });
      if (seats.length > 0) await book(em, show, seats);
      await book(em, show, ['B9'], '-1 second');
    }
    for (const path of [`/movies/${movie}/shows`, `/shows?movie_id=${movie}`]) {
      const { body } = await catalog.get(path);
      expect(body.results.map((show) => show.available_seats)).toEqual([20, 19, 18]);
    }
  });
});

describe('one show', () => {
  it('is created, read, changed, replaced and deleted', async () => {
    const movie = await catalog.addMovie();
    const created = await catalog.send('POST', '/shows', {
      movie_id: movie,
      screen_name: 'Screen 2',
      date_time: '2030-05-01T20:00:00+02:00',
      total_seats: 30,
      seats_per_row: 6,
    });
    expect(created.statusCode).toBe(201);
    const { id } = created.body;
    const show = {
      id,
      movie_id: movie,
      screen_name: 'Screen 2',
      date_time: '2030-05-01T18:00:00.000Z',
      total_seats: 30,
      seats_per_row: 6,
      available_seats: 30,
      ...plain,
    };
    expect(created.body).toEqual(show);
    expect((await catalog.get(`/shows/${id}`)).body).toEqual(show);

    const changed = await catalog.send('PATCH', `/shows/${id}`, { screen_name: 'Screen 3', total_seats: 40 });
    expect(changed.body).toEqual({ ...show, screen_name: 'Screen 3', total_seats: 40, available_seats: 40 });

    const whole = {
      movie_id: await catalog.addMovie(),
      screen_name: 'IMAX',
      date_time: '2031-01-01T00:00:00Z',
      total_seats: 10,
    };
    const written = await catalog.send('PUT', `/shows/${id}`, whole);
    const derived = { date_time: '2031-01-01T00:00:00.000Z', seats_per_row: 10, available_seats: 10 };
    const expected = { id, ...whole, ...derived, ...plain };
    expect(written.body).toEqual(expected);
    expect((await catalog.get(`/shows/${id}`)).body).toEqual(expected);

    expect((await catalog.send('DELETE', `/shows/${id}`)).statusCode).toBe(204);
    expect((await catalog.get(`/shows/${id}`)).body.code).toBe('show_not_found');
  });

  it('names the field if there is no such movie', async () => {
    const body = {
      movie_id: 2_147_483_647,
      screen_name: 'Screen 1',
      date_time: '2030-01-01T00:00:00Z',
      total_seats: 10,
    };
    const show = await catalog.addShow();
    for (const response of [
      await catalog.send('POST', '/shows', body),
      await catalog.send('PATCH', `/shows/${show}`, { movie_id: body.movie_id }),
    ]) {
      expect(response.statusCode).toBe(400);
      expect(response.body).toMatchObject({
        code: 'validation_failed',
        errors: { movie_id: ['There is no movie 2147483647'] },
      });
    }
  });

  it.each([
    ['GET', '/shows/2147483647'],
    ['GET', '/shows/2147483647/seats'],
    ['PATCH', '/shows/2147483647'],
    ['DELETE', '/shows/2147483647'],
  ] as const)('%s %s is show_not_found', async (method, path) => {
    const response =
      method === 'GET'
        ? await catalog.get(path)
        : await catalog.send(method, path, method === 'PATCH' ? { total_seats: 5 } : undefined);
    expect(response.statusCode).toBe(404);
    expect(response.body.code).toBe('show_not_found');
  });

  it('has facts for the booking path', async () => {
    const movie = await catalog.addMovie();
    const id = await catalog.addShow({ movie_id: movie });
    const other = await catalog.addShow({ movie_id: movie });
    const { body } = await catalog.get(`/show-facts?ids=${id},2147483647,${other}`);
    expect(body.results).toHaveLength(2);
    expect(body.results).toContainEqual({
      id,
      movie_id: movie,
      screen_name: 'Screen 1',
      date_time: '2030-01-01T19:30:00.000Z',
      total_seats: 20,
      seats_per_row: 10,
      layout_id: null,
      ...plain,
    });
  });

  it('is listed by id, with its movie, for a page of bookings', async () => {
    const movie = await catalog.addMovie('Heat');
    const one = await catalog.addShow({ movie_id: movie });
    const two = await catalog.addShow({ movie_id: movie, screen_name: 'Screen 9' });
    const { body } = await catalog.get(`/booking-shows?ids=${one},2147483647,${two}`);
    expect(body.results).toHaveLength(2);
    expect(body.results).toContainEqual({
      id: two,
      screen_name: 'Screen 9',
      date_time: '2030-01-01T19:30:00.000Z',
      movie: { id: movie, title: 'Heat', duration_minutes: 118, poster_url: null },
    });
  });

  it('is listed with at most 99 others', async () => {
    const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1).join();
    expect((await catalog.get(`/booking-shows?ids=${range(100)}`)).statusCode).toBe(200);
    expect((await catalog.get(`/booking-shows?ids=${range(101)}`)).statusCode).toBe(400);
    for (const wrong of ['', '0', '1,x', '2147483648']) {
      expect((await catalog.get(`/booking-shows?ids=${wrong}`)).statusCode).toBe(400);
    }
  });
});
