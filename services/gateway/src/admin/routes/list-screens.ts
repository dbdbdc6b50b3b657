import { ScreenPage, ScreenQuery } from '@boxoffice/shared/contracts/screens';
import type { CatalogClient } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { pageLinks } from '../../http/paging.ts';

export const listScreens = operation({
  method: 'GET',
  path: '/api/admin/screens/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminListScreens',
  summary: 'List screens',
  description: 'By name, each with its layout.',
  querystring: ScreenQuery,
  success: { 200: ScreenPage.describe('A page of screens') },
  needs: ['catalog'],
  handler:
    ({ catalog }: { catalog: Pick<CatalogClient, 'listScreens'> }) =>
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results } = await catalog.listScreens(request.query, request.id);
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
});
