import { AdminShowQuery, IdParams, ShowChangeBody, ShowCreateBody } from '@boxoffice/shared/contracts/catalog';
import type { MikroORM } from '@boxoffice/shared/db/orm';
import type { Http } from '@boxoffice/shared/http';
import { createShow, findBookingShows, getShow, getShowFacts, listShows } from '../repositories/shows.ts';
import { changeShow } from '../use-cases/change-show.ts';
import { deleteShow } from '../use-cases/delete-show.ts';
import { ShowIds } from './show-ids.ts';

/** Shows, and what the booking path wants to know of them. */
export function showRoutes(http: Http, orm: MikroORM): void {
  http.get('/internal/shows', { schema: { querystring: AdminShowQuery } }, (request) =>
    listShows(orm.em.fork(), request.query),
  );
  http.post('/internal/shows', { schema: { body: ShowCreateBody } }, async (request, reply) =>
    reply.code(201).send(await createShow(orm.em.fork(), request.body)),
  );
  http.get('/internal/shows/:id', { schema: { params: IdParams } }, (request) =>
    getShow(orm.em.fork(), request.params.id),
  );
  http.patch('/internal/shows/:id', { schema: { params: IdParams, body: ShowChangeBody } }, (request) =>
    changeShow(orm.em.fork(), request.params.id, request.body),
  );
  // The create body names every field, so this leaves nothing as it was.
  http.put('/internal/shows/:id', { schema: { params: IdParams, body: ShowCreateBody } }, (request) =>
    changeShow(orm.em.fork(), request.params.id, request.body),
  );
  http.delete('/internal/shows/:id', { schema: { params: IdParams } }, async (request, reply) => {
    await deleteShow(orm.em.fork(), request.params.id);
    return reply.code(204).send();
  });
  http.get('/internal/shows/:id/facts', { schema: { params: IdParams } }, (request) =>
    getShowFacts(orm.em.fork(), request.params.id),
  );
  http.get('/internal/booking-shows', { schema: { querystring: ShowIds } }, async (request) => {
    const results = await findBookingShows(orm.em.fork(), request.query.ids);
    return { count: results.length, results };
  });
}
