import { IdParams, ShowView } from '@boxoffice/shared/contracts/catalog';
import type { CatalogClient } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';

export const getShow = operation({
  method: 'GET',
  path: '/api/admin/shows/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminGetShow',
  summary: 'Get a show',
  description: 'The same fields as in the public API.',
  params: IdParams,
  success: { 200: ShowView.describe('The show') },
  errors: ['show_not_found'],
  needs: ['catalog'],
  handler:
    ({ catalog }: { catalog: Pick<CatalogClient, 'getShow'> }) =>
    (request) =>
      catalog.getShow(request.params.id, request.id),
});
