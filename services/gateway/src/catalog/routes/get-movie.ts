import { IdParams, MovieView } from '@boxoffice/shared/contracts/catalog';
import { operation } from '../../http/operation.ts';
import { cached } from '../cached-responses.ts';
import type { PublicCatalog } from './public-catalog.ts';

export const getMovie = operation({
  method: 'GET',
  path: '/api/movies/:id/',
  auth: 'none',
  tag: 'Movies',
  id: 'getMovie',
  summary: 'Get a movie',
  description: 'All details of one movie.',
  params: IdParams,
  success: { 200: MovieView.describe('The movie') },
  errors: ['movie_not_found'],
  needs: ['catalog'],
  hooks: ({ responses }: PublicCatalog) => cached(responses, () => 'movies'),
  handler:
    ({ catalog }: PublicCatalog) =>
    (request) =>
      catalog.getMovie(request.params.id, request.id),
});
