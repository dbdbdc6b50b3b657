import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { ScreenBody, ScreenView } from '@boxoffice/shared/contracts/screens';
import type { CatalogEditor } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { authorOf } from '../author.ts';

export const replaceScreen = operation({
  method: 'PUT',
  path: '/api/admin/screens/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminReplaceScreen',
  summary: 'Replace a screen',
  description: 'Sets every field. Existing shows keep the name and the layout they were created with.',
  params: IdParams,
  body: ScreenBody,
  success: { 200: ScreenView.describe('The changed screen') },
  errors: ['screen_not_found', 'screen_name_taken'],
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'replaceScreen'> }) =>
    (request) =>
      catalogEditor.replaceScreen(request.params.id, request.body, authorOf(request)),
});
