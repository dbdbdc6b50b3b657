import { MovieCreateBody, MovieView } from '@boxoffice/shared/contracts/catalog';
import type { CatalogEditor } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { authorOf } from '../author.ts';

export const createMovie = operation({
  method: 'POST',
  path: '/api/admin/movies/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminCreateMovie',
  summary: 'Create a movie',
  description: 'Fields that are left out are empty. `Location` is the new movie.',
  body: MovieCreateBody,
  success: { 201: MovieView.describe('The new movie') },
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'createMovie'> }) =>
    async (request, reply) => {
      const movie = await catalogEditor.createMovie(request.body, authorOf(request));
      return reply.code(201).header('location', `/api/admin/movies/${movie.id}/`).send(movie);
    },
});
