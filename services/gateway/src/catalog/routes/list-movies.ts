import { MoviePage, MovieQuery } from '@boxoffice/shared/contracts/catalog';
import { operation } from '../../http/operation.ts';
import { pageLinks } from '../../http/paging.ts';
import { cached } from '../cached-responses.ts';
import type { PublicCatalog } from './public-catalog.ts';

export const listMovies = operation({
  method: 'GET',
  path: '/api/movies/',
  auth: 'none',
  tag: 'Movies',
  id: 'listMovies',
  summary: 'List movies',
  description: 'By title: all movies, or those whose title contains `search` (case-insensitive).',
  querystring: MovieQuery,
  success: { 200: MoviePage.describe('A page of movies') },
  needs: ['catalog'],
  hooks: ({ responses }: PublicCatalog) => cached(responses, () => 'movies'),
  handler:
    ({ catalog }: PublicCatalog) =>
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results } = await catalog.listMovies(request.query, request.id);
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
});
