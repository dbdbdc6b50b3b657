import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { ScreenChangeBody, ScreenView } from '@boxoffice/shared/contracts/screens';
import type { CatalogEditor } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { authorOf } from '../author.ts';

export const changeScreen = operation({
  method: 'PATCH',
  path: '/api/admin/screens/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminChangeScreen',
  summary: 'Change a screen',
  description:
    'Sets the given fields and keeps the others; `layout` and `legend` only together. Existing shows keep the name ' +
    'and the layout they were created with.',
  params: IdParams,
  body: ScreenChangeBody,
  success: { 200: ScreenView.describe('The changed screen') },
  errors: ['screen_not_found', 'screen_name_taken'],
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'changeScreen'> }) =>
    (request) =>
      catalogEditor.changeScreen(request.params.id, request.body, authorOf(request)),
});
