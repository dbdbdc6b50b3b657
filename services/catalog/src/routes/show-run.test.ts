import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedCatalog, startCatalog } from '../../test/started-catalog.ts';

let catalog: StartedCatalog;
let movie: number;
beforeAll(async () => {
  catalog = await startCatalog();
  movie = await catalog.addMovie();
});
afterAll(() => catalog.stop());

const run = {
  screen_name: 'Screen 2',
  total_seats: 40,
  dates: ['2030-03-31', '2030-03-30'],
  times: ['20:15', '17:00'],
  time_zone: 'Europe/Berlin',
};
const post = (body: object, id = movie) => catalog.send('POST', `/movies/${id}/shows/run`, body);

test('201: a show for each day and local time, sorted by start', async () => {
  const { statusCode, body } = await post(run);
  expect([statusCode, body.count]).toEqual([201, 4]);
  expect(body.results.map((show) => show.date_time)).toEqual([
    '2030-03-30T16:00:00.000Z',
    '2030-03-30T19:15:00.000Z',
    '2030-03-31T15:00:00.000Z', // summer time began
    '2030-03-31T18:15:00.000Z',
  ]);
  expect(body.results[0]).toMatchObject({ movie_id: movie, screen_name: 'Screen 2', seats_per_row: 10 });
  const listed = await catalog.get(`/movies/${movie}/shows`);
  expect(listed.body.results).toEqual(body.results);
});

test('201 for 200 shows, 400 for more', async () => {
  const dates = Array.from({ length: 100 }, (_, day) =>
    new Date(Date.UTC(2031, 0, 1 + day)).toISOString().slice(0, 10),
  );
  expect((await post({ ...run, dates })).body.count).toBe(200);
  const more = await post({ ...run, dates: [...dates, '2032-01-01'] });
  expect([more.statusCode, Object.keys(more.body.errors ?? {})]).toEqual([400, ['dates']]);
});

test.each<[string, object, string]>([
  ['a time that the clocks skip', { dates: ['2030-03-30', '2030-03-31'], times: ['02:30'] }, 'times'],
  ['an unknown time zone', { time_zone: 'Europe/Atlantis' }, 'time_zone'],
  ['a day twice', { dates: ['2030-01-01', '2030-01-01'] }, 'dates'],
  ['an impossible date', { dates: ['2030-02-30'] }, 'dates.0'],
  ['no time', { times: [] }, 'times'],
  ['an impossible time', { times: ['24:00'] }, 'times.0'],
])('400 for %s, and no show is created', async (_, wrong, field) => {
  const other = await catalog.addMovie();
  const { statusCode, body } = await post({ ...run, ...wrong }, other);
  expect([statusCode, Object.keys(body.errors ?? {})]).toEqual([400, [field]]);
  expect((await catalog.get(`/movies/${other}/shows`)).body.count).toBe(0);
});

test('404 if there is no such movie', async () => {
  const { statusCode, body } = await post(run, 999_999);
  expect([statusCode, body.code]).toEqual([404, 'movie_not_found']);
});
