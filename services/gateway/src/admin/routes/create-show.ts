import { ShowCreateBody, ShowView } from '@boxoffice/shared/contracts/catalog';
import type { CatalogEditor } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { authorOf } from '../author.ts';

export const createShow = operation({
  method: 'POST',
  path: '/api/admin/shows/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminCreateShow',
  summary: 'Create a show',
  description: 'Its seats A1, A2, … follow from `total_seats` and `seats_per_row`. `Location` is the new show.',
  body: ShowCreateBody,
  success: { 201: ShowView.describe('The new show') },
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'createShow'> }) =>
    async (request, reply) => {
      const show = await catalogEditor.createShow(request.body, authorOf(request));
      return reply.code(201).header('location', `/api/admin/shows/${show.id}/`).send(show);
    },
});
