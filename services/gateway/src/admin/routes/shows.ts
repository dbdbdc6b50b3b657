import {
  AdminShowQuery,
  IdParams,
  ShowChangeBody,
  ShowCreateBody,
  ShowPage,
  ShowRunBody,
  ShowRunView,
  ShowView,
  showsPerRunLimit,
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

/** Shows, for administrators. */
export function adminShowRoutes(
  http: Http,
  { catalog, catalogEditor }: Pick<Parts, 'catalog' | 'catalogEditor'>,
): void {
  http.get(
    '/api/admin/shows/',
    {
      onRequest: requireAdmin,
      schema: {
        ...secured,
        operationId: 'adminListShows',
        summary: 'Shows, by start',
        description: 'Shows of all movies or of one, those that start at or after `from` and before `to`.',
        querystring: AdminShowQuery,
        response: { 200: ShowPage.describe('A page of shows'), ...problems(...common) },
      },
    },
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results } = await catalog.listShows(request.query, request.id);
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
  );

  http.post(
    '/api/admin/shows/',
    {
      onRequest: requireAdmin,
      schema: {
        ...secured,
        operationId: 'adminCreateShow',
        summary: 'Add a show',
        description: 'Its seats follow from `total_seats` and `seats_per_row`: A1, A2 … `Location` names the show.',
        body: ShowCreateBody,
        response: { 201: ShowView.describe('The show, with its id'), ...problems(...common, ...forBodies) },
      },
    },
    async (request, reply) => {
      const show = await catalogEditor.createShow(request.body, authorOf(request));
      return reply.code(201).header('location', `/api/admin/shows/${show.id}/`).send(show);
    },
  );

  http.post(
    '/api/admin/movies/:id/shows/run/',
    {
      onRequest: requireAdmin,
      schema: {
        ...secured,
        operationId: 'adminCreateShowRun',
        summary: 'Add a run of shows',
        description:
          'A show on each of the `dates` at each of the `times`, by the clocks of `time_zone`; all or none, ' +
          `${showsPerRunLimit} at most. Of a time that comes twice when clocks are set back the first is meant; one ` +
          'that is skipped when they are set forward is refused.',
        params: IdParams,
        body: ShowRunBody,
        response: {
          201: ShowRunView.describe('The shows with their ids, in the order in which they start'),
          ...problems(...common, ...forBodies, 'movie_not_found'),
        },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await catalogEditor.createRunOfShows(request.params.id, request.body, authorOf(request))),
  );

  http.get(
    '/api/admin/shows/:id/',
    {
      onRequest: requireAdmin,
      schema: {
        ...secured,
        operationId: 'adminGetShow',
        summary: 'One show',
        description: 'As everyone sees it.',
        params: IdParams,
        response: { 200: ShowView.describe('The show'), ...problems(...common, 'show_not_found') },
      },
    },
    (request) => catalog.getShow(request.params.id, request.id),
  );

  http.patch(
    '/api/admin/shows/:id/',
    {
      onRequest: requireAdmin,
      schema: {
        ...secured,
        operationId: 'adminChangeShow',
        summary: 'Change a show',
        description:
          'Writes the fields that are given and leaves the others as they are. A change that would remove or move a ' +
          'seat that is held or booked is refused.',
        params: IdParams,
        body: ShowChangeBody,
        response: {
          200: ShowView.describe('The show as it is now'),
          ...problems(...common, ...forBodies, 'show_not_found', 'has_bookings'),
        },
      },
    },
    (request) => catalogEditor.changeShow(request.params.id, request.body, authorOf(request)),
  );

  http.put(
    '/api/admin/shows/:id/',
    {
      onRequest: requireAdmin,
      schema: {
        ...secured,
        operationId: 'adminReplaceShow',
        summary: 'Write a show anew',
        description:
          'Writes every field: without `seats_per_row`, rows have 10 seats afterwards. A change that would remove or ' +
          'move a seat that is held or booked is refused.',
        params: IdParams,
        body: ShowCreateBody,
        response: {
          200: ShowView.describe('The show as it is now'),
          ...problems(...common, ...forBodies, 'show_not_found', 'has_bookings'),
        },
      },
    },
    (request) => catalogEditor.replaceShow(request.params.id, request.body, authorOf(request)),
  );

  http.delete(
    '/api/admin/shows/:id/',
    {
      onRequest: requireAdmin,
      schema: {
        ...secured,
        operationId: 'adminDeleteShow',
        summary: 'Delete a show',
        description: 'A show that has bookings, cancelled ones too, cannot be deleted.',
        params: IdParams,
        response: { 204: z.null().describe('Deleted'), ...problems(...common, 'show_not_found', 'has_bookings') },
      },
    },
    async (request, reply) => {
      await catalogEditor.deleteShow(request.params.id, authorOf(request));
      return reply.code(204).send(null);
    },
  );
}
