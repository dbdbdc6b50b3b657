import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { z } from 'zod';
import type { CatalogEditor } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { authorOf } from '../author.ts';

export const deleteMovie = operation({
  method: 'DELETE',
  path: '/api/admin/movies/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminDeleteMovie',
  summary: 'Delete a movie',
  description: 'A movie with shows, including past ones, cannot be deleted: delete its shows first.',
  params: IdParams,
  success: { 204: z.null().describe('Deleted') },
  errors: ['movie_not_found', 'has_shows'],
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'deleteMovie'> }) =>
    async (request, reply) => {
      await catalogEditor.deleteMovie(request.params.id, authorOf(request));
      return reply.code(204).send(null);
    },
});
