import {
  IdParams,
  MovieChangeBody,
  MovieCreateBody,
  MoviePage,
  MovieQuery,
  MovieView,
} from '@boxoffice/shared/contracts/catalog';
import type { ProblemCode } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/service/http';
import { z } from 'zod';
import { requireAdmin } from '../../http/authentication.ts';
import { problems } from '../../http/documentation.ts';
import { pageLinks } from '../../http/paging.ts';
import type { Parts } from '../../parts.ts';
import { authorOf } from '../author.ts';

/** What each of these operations can answer. */
const common = [
  'validation_failed',
  'unauthenticated',
  'forbidden',
  'internal_error',
  'catalog_unavailable',
  'database_unavailable',
] as const satisfies ProblemCode[];
const forBodies = ['payload_too_large', 'unsupported_media_type'] as const satisfies ProblemCode[];
const secured = { tags: ['Admin'], security: [{ bearer: [] }] };

/** Movies, for administrators. */
export function adminMovieRoutes(
  http: Http,
  { catalog, catalogEditor }: Pick<Parts, 'catalog' | 'catalogEditor'>,
): void {
  http.get(
    '/api/admin/movies/',
    {
      onRequest: requireAdmin,
      schema: {
        ...secured,
        operationId: 'adminListMovies',
        summary: 'Movies, by title',
        description: 'All movies, or those whose title holds `search`, whatever its case.',
        querystring: MovieQuery,
        response: { 200: MoviePage.describe('A page of movies'), ...problems(...common) },
      },
    },
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results } = await catalog.listMovies(request.query, request.id);
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
  );

  http.post(
    '/api/admin/movies/',
    {
      onRequest: requireAdmin,
      schema: {
        ...secured,
        operationId: 'adminCreateMovie',
        summary: 'Add a movie',
        description: 'What is left out is empty. `Location` names the movie.',
        body: MovieCreateBody,
        response: { 201: MovieView.describe('The movie, with its id'), ...problems(...common, ...forBodies) },
      },
    },
    async (request, reply) => {
      const movie = await catalogEditor.createMovie(request.body, authorOf(request));
      return reply.code(201).header('location', `/api/admin/movies/${movie.id}/`).send(movie);
    },
  );

  http.get(
    '/api/admin/movies/:id/',
    {
      onRequest: requireAdmin,
      schema: {
        ...secured,
        operationId: 'adminGetMovie',
        summary: 'One movie',
        description: 'As everyone sees it.',
        params: IdParams,
        response: { 200: MovieView.describe('The movie'), ...problems(...common, 'movie_not_found') },
      },
    },
    (request) => catalog.getMovie(request.params.id, request.id),
  );

  http.patch(
    '/api/admin/movies/:id/',
    {
      onRequest: requireAdmin,
      schema: {
        ...secured,
        operationId: 'adminChangeMovie',
        summary: 'Change a movie',
        description: 'Writes the fields that are given and leaves the others as they are.',
        params: IdParams,
        body: MovieChangeBody,
        response: {
          200: MovieView.describe('The movie as it is now'),
          ...problems(...common, ...forBodies, 'movie_not_found'),
        },
      },
    },
    (request) => catalogEditor.changeMovie(request.params.id, request.body, authorOf(request)),
  );

  http.put(
    '/api/admin/movies/:id/',
    {
      onRequest: requireAdmin,
      schema: {
        ...secured,
        operationId: 'adminReplaceMovie',
        summary: 'Write a movie anew',
        description: 'Writes every field: what is left out is empty afterwards.',
        params: IdParams,
        body: MovieCreateBody,
        response: {
          200: MovieView.describe('The movie as it is now'),
          ...problems(...common, ...forBodies, 'movie_not_found'),
        },
      },
    },
    (request) => catalogEditor.replaceMovie(request.params.id, request.body, authorOf(request)),
  );

  http.delete(
    '/api/admin/movies/:id/',
    {
      onRequest: requireAdmin,
      schema: {
        ...secured,
        operationId: 'adminDeleteMovie',
        summary: 'Delete a movie',
        description: 'A movie that has shows, past ones too, cannot be deleted: delete the shows first.',
        params: IdParams,
        response: { 204: z.null().describe('Deleted'), ...problems(...common, 'movie_not_found', 'has_shows') },
      },
    },
    async (request, reply) => {
      await catalogEditor.deleteMovie(request.params.id, authorOf(request));
      return reply.code(204).send(null);
    },
  );
}
