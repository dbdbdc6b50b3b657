import { AuthorHeaders } from '@boxoffice/shared/contracts/audit';
import {
  AdminShowQuery,
  IdParams,
  ShowChangeBody,
  ShowCreateBody,
  ShowRunBody,
} from '@boxoffice/shared/contracts/catalog';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { Http } from '@boxoffice/shared/service/http';
import { createShows, findBookingShows, getShow, getShowFacts, listShows } from '../repositories/shows.ts';
import { changeShow } from '../use-cases/change-show.ts';
import { createRunOfShows } from '../use-cases/create-run-of-shows.ts';
import { deleteShow } from '../use-cases/delete-show.ts';
import { authorOf } from './author.ts';
import { ShowIds } from './show-ids.ts';

/** Shows, and the facts about them that the booking path needs. */
export function showRoutes(http: Http, orm: MikroORM): void {
  http.get('/internal/shows', { schema: { querystring: AdminShowQuery } }, (request) =>
    listShows(orm.em.fork(), request.query),
  );
  http.post('/internal/shows', { schema: { headers: AuthorHeaders, body: ShowCreateBody } }, async (request, reply) => {
    const [show] = await createShows(orm.em.fork(), [request.body], authorOf(request));
    return reply.code(201).send(show);
  });
  http.post(
    '/internal/movies/:id/shows/run',
    { schema: { params: IdParams, headers: AuthorHeaders, body: ShowRunBody } },
    async (request, reply) => {
      const results = await createRunOfShows(orm.em.fork(), request.params.id, request.body, authorOf(request));
      return reply.code(201).send({ count: results.length, results });
    },
  );
  http.get('/internal/shows/:id', { schema: { params: IdParams } }, (request) =>
    getShow(orm.em.fork(), request.params.id),
  );
  http.patch(
    '/internal/shows/:id',
    { schema: { params: IdParams, headers: AuthorHeaders, body: ShowChangeBody } },
    (request) => changeShow(orm.em.fork(), request.params.id, request.body, authorOf(request)),
  );
  // The create body has every field, so this replaces the whole row.
  http.put(
    '/internal/shows/:id',
    { schema: { params: IdParams, headers: AuthorHeaders, body: ShowCreateBody } },
    (request) =>
      changeShow(orm.em.fork(), request.params.id, { seats_per_row: 10, ...request.body }, authorOf(request)),
  );
  http.delete(
    '/internal/shows/:id',
    { schema: { params: IdParams, headers: AuthorHeaders } },
    async (request, reply) => {
      await deleteShow(orm.em.fork(), request.params.id, authorOf(request));
      return reply.code(204).send();
    },
  );
  http.get('/internal/shows/:id/facts', { schema: { params: IdParams } }, (request) =>
    getShowFacts(orm.em.fork(), request.params.id),
  );
  http.get('/internal/booking-shows', { schema: { querystring: ShowIds } }, async (request) => {
    const results = await findBookingShows(orm.em.fork(), request.query.ids);
    return { count: results.length, results };
  });
}
