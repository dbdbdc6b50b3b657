import { MoviePage, MovieQuery } from '@boxoffice/shared/contracts/catalog';
import type { CatalogClient } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { pageLinks } from '../../http/paging.ts';

export const listMovies = operation({
  method: 'GET',
  path: '/api/admin/movies/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminListMovies',
  summary: 'List movies',
  description: 'By title: all movies, or those whose title contains `search` (case-insensitive).',
  querystring: MovieQuery,
  success: { 200: MoviePage.describe('A page of movies') },
  needs: ['catalog'],
  handler:
    ({ catalog }: { catalog: Pick<CatalogClient, 'listMovies'> }) =>
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results } = await catalog.listMovies(request.query, request.id);
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
});
