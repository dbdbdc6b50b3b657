import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { internalAuthorization } from '@boxoffice/shared/service/internal-secret';
import { testSecret } from '@boxoffice/testing/internal-secret';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { actorId, type StartedCatalog, startCatalog } from '../../test/started-catalog.ts';

let catalog: StartedCatalog;
let owner: MikroORM;
beforeAll(async () => {
  catalog = await startCatalog();
  owner = await openDatabase({ url: catalog.databaseUrl });
});
afterAll(async () => {
  await owner.close();
  await catalog.stop();
});

interface Line {
  action: string;
  before: object | null;
  after: object | null;
}
const linesOf = (subject: 'movie' | 'show', id: number) =>
  owner.em.execute<Line[]>(
    `select action, actor_id, before, after from catalog.audit_lines where subject = ? and subject_id = ? order by at, id`,
    [subject, String(id)],
  );

test('a line for each change of a movie: before, after, and the administrator', async () => {
  const id = await catalog.addMovie('Heat');
  await catalog.send('PATCH', `/movies/${id}`, { rating: 'R', title: 'Heat' });
  await catalog.send('PATCH', `/movies/${id}`, { rating: 'R' }); // changes nothing
  await catalog.send('DELETE', `/movies/${id}`);
  expect(await linesOf('movie', id)).toMatchObject([
    { action: 'create', actor_id: actorId, before: null, after: { id, title: 'Heat', duration_minutes: 118 } },
    { action: 'change', actor_id: actorId, before: { rating: '' }, after: { rating: 'R' } },
    { action: 'delete', actor_id: actorId, before: { id, title: 'Heat', rating: 'R' }, after: null },
  ]);
});

test('a line for each change of a show; those of a run of shows have the same request id', async () => {
  const movie = await catalog.addMovie();
  const body = { screen_name: 'A', total_seats: 9, dates: ['2030-01-01'], times: ['17:00', '20:00'], time_zone: 'UTC' };
  const [first = 0, second = 0] = (await catalog.send('POST', `/movies/${movie}/shows/run`, body)).body.results.map(
    (show) => show.id,
  );
  await catalog.send('PATCH', `/shows/${first}`, { total_seats: 10 });
  await catalog.send('DELETE', `/shows/${first}`);
  expect(await linesOf('show', first)).toMatchObject([
    { action: 'create', before: null, after: { id: first, date_time: '2030-01-01T17:00:00.000Z', total_seats: 9 } },
    { action: 'change', before: { total_seats: 9 }, after: { total_seats: 10 } },
    { action: 'delete', before: { id: first, total_seats: 10 }, after: null },
  ]);
  const requests = await owner.em.execute<object[]>(
    `select distinct request_id from catalog.audit_lines where subject = 'show' and action = 'create' and subject_id in (?)`,
    [[String(first), String(second)]],
  );
  expect(requests).toHaveLength(1);
});

test('no line for a refused change', async () => {
  const movie = await catalog.addMovie();
  const show = await catalog.addShow({ movie_id: movie });
  expect((await catalog.send('DELETE', `/movies/${movie}`)).statusCode).toBe(409);
  expect((await catalog.send('PATCH', `/shows/${show}`, { movie_id: 999_999 })).statusCode).toBe(400);
  expect((await linesOf('movie', movie)).map(({ action }) => action)).toEqual(['create']);
  expect((await linesOf('show', show)).map(({ action }) => action)).toEqual(['create']);
});

test('400 for a change without an author', async () => {
  const headers = { authorization: internalAuthorization(testSecret), 'x-actor-id': '' };
  const response = await catalog.http.inject({ method: 'DELETE', url: '/internal/movies/1', headers });
  expect(response.statusCode).toBe(400);
});
