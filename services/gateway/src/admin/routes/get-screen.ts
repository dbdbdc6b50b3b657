import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { ScreenView } from '@boxoffice/shared/contracts/screens';
import type { CatalogClient } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';

export const getScreen = operation({
  method: 'GET',
  path: '/api/admin/screens/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminGetScreen',
  summary: 'Get a screen',
  description: 'With the layout that new shows on it get.',
  params: IdParams,
  success: { 200: ScreenView.describe('The screen') },
  errors: ['screen_not_found'],
  needs: ['catalog'],
  handler:
    ({ catalog }: { catalog: Pick<CatalogClient, 'getScreen'> }) =>
    (request) =>
      catalog.getScreen(request.params.id, request.id),
});
