import { AuthorHeaders } from '@boxoffice/shared/contracts/audit';
import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { ScreenBody, ScreenChangeBody, ScreenQuery } from '@boxoffice/shared/contracts/screens';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { Http } from '@boxoffice/shared/service/http';
import { findLayouts } from '../repositories/layouts.ts';
import { changeScreen, createScreen, deleteScreen, getScreen, listScreens } from '../repositories/screens.ts';
import { authorOf } from './author.ts';

/** Screens, and the layouts of shows. */
export function screenRoutes(http: Http, orm: MikroORM): void {
  http.get('/internal/screens', { schema: { querystring: ScreenQuery } }, (request) =>
    listScreens(orm.em.fork(), request.query),
  );
  http.post('/internal/screens', { schema: { headers: AuthorHeaders, body: ScreenBody } }, async (request, reply) =>
    reply.code(201).send(await createScreen(orm.em.fork(), request.body, authorOf(request))),
  );
  http.get('/internal/screens/:id', { schema: { params: IdParams } }, (request) =>
    getScreen(orm.em.fork(), request.params.id),
  );
  http.patch(
    '/internal/screens/:id',
    { schema: { params: IdParams, headers: AuthorHeaders, body: ScreenChangeBody } },
    (request) => changeScreen(orm.em.fork(), request.params.id, request.body, authorOf(request)),
  );
  // The create body has every field, so this replaces the whole row.
  http.put(
    '/internal/screens/:id',
    { schema: { params: IdParams, headers: AuthorHeaders, body: ScreenBody } },
    (request) => changeScreen(orm.em.fork(), request.params.id, request.body, authorOf(request)),
  );
  http.delete(
    '/internal/screens/:id',
    { schema: { params: IdParams, headers: AuthorHeaders } },
    async (request, reply) => {
      await deleteScreen(orm.em.fork(), request.params.id, authorOf(request));
      return reply.code(204).send();
    },
  );
  http.get('/internal/layouts/:id', { schema: { params: IdParams } }, async (request) => {
    const { id } = request.params;
    const layout = (await findLayouts(orm.em.fork(), [id])).get(id);
    if (!layout) throw new ProblemError('not_found', `There is no layout ${id}.`);
    return layout;
  });
}
