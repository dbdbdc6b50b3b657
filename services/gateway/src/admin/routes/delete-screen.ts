import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { z } from 'zod';
import type { CatalogEditor } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { authorOf } from '../author.ts';

export const deleteScreen = operation({
  method: 'DELETE',
  path: '/api/admin/screens/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminDeleteScreen',
  summary: 'Delete a screen',
  description: 'A screen with shows, including past ones, cannot be deleted: delete its shows first.',
  params: IdParams,
  success: { 204: z.null().describe('Deleted') },
  errors: ['screen_not_found', 'has_shows'],
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'deleteScreen'> }) =>
    async (request, reply) => {
      await catalogEditor.deleteScreen(request.params.id, authorOf(request));
      return reply.code(204).send(null);
    },
});
