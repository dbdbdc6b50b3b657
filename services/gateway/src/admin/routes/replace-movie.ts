import { IdParams, MovieCreateBody, MovieView } from '@boxoffice/shared/contracts/catalog';
import type { CatalogEditor } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { authorOf } from '../author.ts';

export const replaceMovie = operation({
  method: 'PUT',
  path: '/api/admin/movies/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminReplaceMovie',
  summary: 'Replace a movie',
  description:
    'Sets every field; fields that are left out become empty. With another duration, shows on screens that are still ' +
    'to come need them for longer or shorter: 409 if one would then overlap with another show, which it names.',
  params: IdParams,
  body: MovieCreateBody,
  success: { 200: MovieView.describe('The changed movie') },
  errors: ['movie_not_found', 'screen_busy'],
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'replaceMovie'> }) =>
    (request) =>
      catalogEditor.replaceMovie(request.params.id, request.body, authorOf(request)),
});
