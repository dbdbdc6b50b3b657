import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { z } from 'zod';
import type { CatalogEditor } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { authorOf } from '../author.ts';

export const deleteShow = operation({
  method: 'DELETE',
  path: '/api/admin/shows/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminDeleteShow',
  summary: 'Delete a show',
  description: 'A show with bookings, including cancelled ones, cannot be deleted.',
  params: IdParams,
  success: { 204: z.null().describe('Deleted') },
  errors: ['show_not_found', 'has_bookings'],
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'deleteShow'> }) =>
    async (request, reply) => {
      await catalogEditor.deleteShow(request.params.id, authorOf(request));
      return reply.code(204).send(null);
    },
});
