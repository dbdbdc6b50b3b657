import { AuthorHeaders } from '@boxoffice/shared/contracts/audit';
import { IdParams, MovieChangeBody, MovieCreateBody, MovieQuery, ShowQuery } from '@boxoffice/shared/contracts/catalog';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { Http } from '@boxoffice/shared/service/http';
import { createMovie, deleteMovie, getMovie, hasMovie, listMovies, movieNotFound } from '../repositories/movies.ts';
import { listShows } from '../repositories/shows.ts';
import { changeMovie } from '../use-cases/change-movie.ts';
import { authorOf } from './author.ts';

/** Movies, and the shows of a movie. */
export function movieRoutes(http: Http, orm: MikroORM, turnaroundMinutes: number): void {
  const contextOf = (request: Parameters<typeof authorOf>[0]) => ({ author: authorOf(request), turnaroundMinutes });
  http.get('/internal/movies', { schema: { querystring: MovieQuery } }, (request) =>
    listMovies(orm.em.fork(), request.query),
  );
  http.post('/internal/movies', { schema: { headers: AuthorHeaders, body: MovieCreateBody } }, async (request, reply) =>
    reply.code(201).send(await createMovie(orm.em.fork(), request.body, authorOf(request))),
  );
  http.get('/internal/movies/:id', { schema: { params: IdParams } }, (request) =>
    getMovie(orm.em.fork(), request.params.id),
  );
  http.patch(
    '/internal/movies/:id',
    { schema: { params: IdParams, headers: AuthorHeaders, body: MovieChangeBody } },
    (request) => changeMovie(orm.em.fork(), request.params.id, request.body, contextOf(request)),
  );
  // The create body has every field, so this replaces the whole row.
  http.put(
    '/internal/movies/:id',
    { schema: { params: IdParams, headers: AuthorHeaders, body: MovieCreateBody } },
    (request) => changeMovie(orm.em.fork(), request.params.id, request.body, contextOf(request)),
  );
  http.delete(
    '/internal/movies/:id',
    { schema: { params: IdParams, headers: AuthorHeaders } },
    async (request, reply) => {
      await deleteMovie(orm.em.fork(), request.params.id, authorOf(request));
      return reply.code(204).send();
    },
  );
  http.get('/internal/movies/:id/shows', { schema: { params: IdParams, querystring: ShowQuery } }, async (request) => {
    const { id } = request.params;
    const em = orm.em.fork();
    const shows = await listShows(em, { ...request.query, movie_id: id });
    if (shows.count === 0 && !(await hasMovie(em, id))) throw movieNotFound(id);
    return shows;
  });
}
