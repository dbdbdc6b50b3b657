import { AuthorHeaders } from '@boxoffice/shared/contracts/audit';
import {
  AdminShowQuery,
  IdParams,
  ShowCancelBody,
  ShowChangeBody,
  ShowCreateBody,
  ShowRunBody,
} from '@boxoffice/shared/contracts/catalog';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { Http } from '@boxoffice/shared/service/http';
import { findBookingShows, findShowFacts, getShow, listShows } from '../repositories/shows.ts';
import { cancelShow } from '../use-cases/cancel-show.ts';
import { changeShow, replaceShow } from '../use-cases/change-show.ts';
import { createRunOfShows } from '../use-cases/create-run-of-shows.ts';
import { createShows } from '../use-cases/create-shows.ts';
import { deleteShow } from '../use-cases/delete-show.ts';
import type { ShowSettings } from '../use-cases/show-context.ts';
import { authorOf } from './author.ts';
import { ShowIds } from './show-ids.ts';

/** Shows, and the facts about them that the booking path needs. */
export function showRoutes(http: Http, orm: MikroORM, settings: ShowSettings): void {
  const contextOf = (request: Parameters<typeof authorOf>[0]) => ({ author: authorOf(request), ...settings });
  http.get('/internal/shows', { schema: { querystring: AdminShowQuery } }, (request) =>
    listShows(orm.em.fork(), request.query),
  );
  http.post('/internal/shows', { schema: { headers: AuthorHeaders, body: ShowCreateBody } }, async (request, reply) => {
    const { date_time, ...fields } = request.body;
    const starts = [new Date(date_time)];
    const [show] = await createShows(orm.em.fork(), { ...fields, starts }, contextOf(request));
    return reply.code(201).send(show);
  });
  http.post(
    '/internal/movies/:id/shows/run',
    { schema: { params: IdParams, headers: AuthorHeaders, body: ShowRunBody } },
    async (request, reply) => {
      const results = await createRunOfShows(orm.em.fork(), request.params.id, request.body, contextOf(request));
      return reply.code(201).send({ count: results.length, results });
    },
  );
  http.get('/internal/shows/:id', { schema: { params: IdParams } }, (request) =>
    getShow(orm.em.fork(), request.params.id),
  );
  http.patch(
    '/internal/shows/:id',
    { schema: { params: IdParams, headers: AuthorHeaders, body: ShowChangeBody } },
    (request) => changeShow(orm.em.fork(), request.params.id, request.body, contextOf(request)),
  );
  http.put(
    '/internal/shows/:id',
    { schema: { params: IdParams, headers: AuthorHeaders, body: ShowCreateBody } },
    (request) => replaceShow(orm.em.fork(), request.params.id, request.body, contextOf(request)),
  );
  http.delete(
    '/internal/shows/:id',
    { schema: { params: IdParams, headers: AuthorHeaders } },
    async (request, reply) => {
      await deleteShow(orm.em.fork(), request.params.id, authorOf(request));
      return reply.code(204).send();
    },
  );
  http.post(
    '/internal/shows/:id/cancel',
    { schema: { params: IdParams, headers: AuthorHeaders, body: ShowCancelBody } },
    (request) => cancelShow(orm.em.fork(), request.params.id, request.body.reason, authorOf(request)),
  );
  http.get('/internal/show-facts', { schema: { querystring: ShowIds } }, async (request) => {
    const results = await findShowFacts(orm.em.fork(), request.query.ids);
    return { count: results.length, results };
  });
  http.get('/internal/booking-shows', { schema: { querystring: ShowIds } }, async (request) => {
    const results = await findBookingShows(orm.em.fork(), request.query.ids);
    return { count: results.length, results };
  });
}
