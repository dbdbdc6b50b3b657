import { IdParams, ShowCancelBody, ShowView } from '@boxoffice/shared/contracts/catalog';
import type { CatalogEditor } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { authorOf } from '../author.ts';

export const cancelShow = operation({
  method: 'POST',
  path: '/api/admin/shows/:id/cancel/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminCancelShow',
  summary: 'Cancel a show',
  description:
    'The show stays listed, as `cancelled`, and its screen is free for another. Idempotent: the first reason stays.',
  params: IdParams,
  body: ShowCancelBody,
  success: { 200: ShowView.describe('The cancelled show') },
  errors: ['show_not_found'],
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'cancelShow'> }) =>
    (request) =>
      catalogEditor.cancelShow(request.params.id, request.body, authorOf(request)),
});
