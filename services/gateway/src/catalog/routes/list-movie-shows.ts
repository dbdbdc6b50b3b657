import { IdParams, ShowPage, ShowQuery } from '@boxoffice/shared/contracts/catalog';
import { operation } from '../../http/operation.ts';
import { pageLinks } from '../../http/paging.ts';
import { cached } from '../cached-responses.ts';
import { exactAvailability, type PublicCatalog } from './public-catalog.ts';

export const listMovieShows = operation({
  method: 'GET',
  path: '/api/movies/:id/shows/',
  auth: 'none',
  tag: 'Movies',
  id: 'listMovieShows',
  summary: 'List the shows of a movie',
  description: `By start: all its shows, or those that start at or after \`from\` and before \`to\`. ${exactAvailability}`,
  params: IdParams,
  querystring: ShowQuery,
  success: { 200: ShowPage.describe('A page of shows') },
  errors: ['movie_not_found'],
  needs: ['catalog'],
  hooks: ({ responses }: PublicCatalog) => cached(responses, () => 'shows'),
  handler:
    ({ catalog }: PublicCatalog) =>
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results } = await catalog.listShowsOfMovie(request.params.id, request.query, request.id);
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
});
