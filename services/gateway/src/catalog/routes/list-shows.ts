import { ShowPage, ShowQuery } from '@boxoffice/shared/contracts/catalog';
import { operation } from '../../http/operation.ts';
import { pageLinks } from '../../http/paging.ts';
import { cached } from '../cached-responses.ts';
import { exactAvailability, type PublicCatalog } from './public-catalog.ts';

export const listShows = operation({
  method: 'GET',
  path: '/api/shows/',
  auth: 'none',
  tag: 'Shows',
  id: 'listShows',
  summary: 'List the shows of all movies',
  description: `By start: all shows, or those that start at or after \`from\` and before \`to\`. ${exactAvailability}`,
  querystring: ShowQuery,
  success: { 200: ShowPage.describe('A page of shows') },
  needs: ['catalog'],
  hooks: ({ responses }: PublicCatalog) => cached(responses, () => 'shows'),
  handler:
    ({ catalog }: PublicCatalog) =>
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results } = await catalog.listShows(request.query, request.id);
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
});
