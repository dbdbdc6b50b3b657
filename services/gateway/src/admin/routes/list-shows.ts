import { AdminShowQuery, ShowPage } from '@boxoffice/shared/contracts/catalog';
import type { CatalogClient } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { pageLinks } from '../../http/paging.ts';

export const listShows = operation({
  method: 'GET',
  path: '/api/admin/shows/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminListShows',
  summary: 'List shows',
  description:
    'By start: shows of one movie or of all, optionally those that start at or after `from` and before `to`.',
  querystring: AdminShowQuery,
  success: { 200: ShowPage.describe('A page of shows') },
  needs: ['catalog'],
  handler:
    ({ catalog }: { catalog: Pick<CatalogClient, 'listShows'> }) =>
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results } = await catalog.listShows(request.query, request.id);
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
});
