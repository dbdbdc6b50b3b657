import { IdParams, ShowRunBody, ShowRunView, showsPerRunLimit } from '@boxoffice/shared/contracts/catalog';
import type { CatalogEditor } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { authorOf } from '../author.ts';

export const createShowRun = operation({
  method: 'POST',
  path: '/api/admin/movies/:id/shows/run/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminCreateShowRun',
  summary: 'Create a run of shows',
  description:
    'One show on each of `dates` at each of `times`, in local time of `time_zone`; all or none, ' +
    `${showsPerRunLimit} at most. A time that occurs twice when clocks are set back means the first; a time that is ` +
    'skipped when clocks are set forward is refused. If the screen is busy, the 409 lists every clash.',
  params: IdParams,
  body: ShowRunBody,
  success: { 201: ShowRunView.describe('The new shows, by start') },
  errors: ['movie_not_found', 'screen_busy'],
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'createRunOfShows'> }) =>
    async (request, reply) =>
      reply.code(201).send(await catalogEditor.createRunOfShows(request.params.id, request.body, authorOf(request))),
});
