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
    'Once this is answered, no more seats are sold; holds and bookings are cancelled soon afterwards, with this reason. ' +
    'The show stays listed as `cancelled`, and its screen is free. Idempotent: the first reason is kept.',
  params: IdParams,
  body: ShowCancelBody,
  success: { 200: ShowView.describe('The cancelled show') },
  errors: ['show_not_found', 'has_bookings'],
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'cancelShow'> }) =>
    (request) =>
      catalogEditor.cancelShow(request.params.id, request.body, authorOf(request)),
});
