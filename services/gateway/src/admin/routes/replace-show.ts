import { IdParams, ShowCreateBody, ShowView } from '@boxoffice/shared/contracts/catalog';
import type { CatalogEditor } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { authorOf } from '../author.ts';

export const replaceShow = operation({
  method: 'PUT',
  path: '/api/admin/shows/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminReplaceShow',
  summary: 'Replace a show',
  description:
    'Sets every field; those that are left out get their defaults. A change that would remove or move a held or booked ' +
    'seat is refused.',
  params: IdParams,
  body: ShowCreateBody,
  success: { 200: ShowView.describe('The changed show') },
  errors: ['show_not_found', 'has_bookings', 'screen_busy'],
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'replaceShow'> }) =>
    (request) =>
      catalogEditor.replaceShow(request.params.id, request.body, authorOf(request)),
});
