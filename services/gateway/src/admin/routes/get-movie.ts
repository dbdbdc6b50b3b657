import { IdParams, MovieView } from '@boxoffice/shared/contracts/catalog';
import type { CatalogClient } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';

export const getMovie = operation({
  method: 'GET',
  path: '/api/admin/movies/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminGetMovie',
  summary: 'Get a movie',
  description: 'The same fields as in the public API.',
  params: IdParams,
  success: { 200: MovieView.describe('The movie') },
  errors: ['movie_not_found'],
  needs: ['catalog'],
  handler:
    ({ catalog }: { catalog: Pick<CatalogClient, 'getMovie'> }) =>
    (request) =>
      catalog.getMovie(request.params.id, request.id),
});
