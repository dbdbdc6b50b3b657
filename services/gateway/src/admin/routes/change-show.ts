import { IdParams, ShowChangeBody, ShowView } from '@boxoffice/shared/contracts/catalog';
import type { CatalogEditor } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { authorOf } from '../author.ts';

export const changeShow = operation({
  method: 'PATCH',
  path: '/api/admin/shows/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminChangeShow',
  summary: 'Change a show',
  description:
    'Sets the given fields and keeps the others. A change that would remove or move a held or booked seat is refused. ' +
    'On the same screen a show keeps its layout. Changed rules of sale apply to every request decided afterwards.',
  params: IdParams,
  body: ShowChangeBody,
  success: { 200: ShowView.describe('The changed show') },
  errors: ['show_not_found', 'has_bookings', 'screen_busy'],
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'changeShow'> }) =>
    (request) =>
      catalogEditor.changeShow(request.params.id, request.body, authorOf(request)),
});
