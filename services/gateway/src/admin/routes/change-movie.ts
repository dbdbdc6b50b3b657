import { IdParams, MovieChangeBody, MovieView } from '@boxoffice/shared/contracts/catalog';
import type { CatalogEditor } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { authorOf } from '../author.ts';

export const changeMovie = operation({
  method: 'PATCH',
  path: '/api/admin/movies/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminChangeMovie',
  summary: 'Change a movie',
  description:
    'Sets the given fields and keeps the others. With another duration, shows on screens that are still to come need ' +
    'them for longer or shorter: 409 if one would then overlap with another show, which it names.',
  params: IdParams,
  body: MovieChangeBody,
  success: { 200: MovieView.describe('The changed movie') },
  errors: ['movie_not_found', 'screen_busy'],
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'changeMovie'> }) =>
    (request) =>
      catalogEditor.changeMovie(request.params.id, request.body, authorOf(request)),
});
