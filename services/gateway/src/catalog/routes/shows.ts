import { IdParams, SeatMap, ShowPage, ShowQuery, ShowView } from '@boxoffice/shared/contracts/catalog';
import type { Http } from '@boxoffice/shared/service/http';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problems } from '../../http/documentation.ts';
import { pageLinks } from '../../http/paging.ts';
import type { Parts } from '../../parts.ts';
import { cached } from '../cached-responses.ts';

/** Loose: the headers that no schema names are still there behind it. */
const ConditionalHeaders = z.looseObject({
  'if-none-match': z.string().optional().describe('the `ETag` of the map that the client has'),
});

/** The show that a path names; it is not validated yet. */
const showOf = (request: FastifyRequest) => Number((request.params as { id: string }).id);

/** Shows and their seats, for everyone. */
export function showRoutes(http: Http, { answers, catalog }: Pick<Parts, 'answers' | 'catalog'>): void {
  http.get(
    '/api/shows/',
    {
      ...cached(answers, () => 'shows'),
      schema: {
        tags: ['Shows'],
        operationId: 'listShows',
        summary: 'Shows of all movies, by start',
        description:
          'All shows, or those that start at or after `from` and before `to`. `available_seats` is exact: an answer is ' +
          'kept until seats of a show change, and for 5 seconds at most.',
        security: [],
        querystring: ShowQuery,
        response: {
          200: ShowPage.describe('A page of shows'),
          ...problems('validation_failed', 'internal_error', 'catalog_unavailable', 'database_unavailable'),
        },
      },
    },
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results } = await catalog.listShows(request.query, request.id);
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
  );

  http.get(
    '/api/shows/:id/',
    {
      ...cached(answers, showOf),
      schema: {
        tags: ['Shows'],
        operationId: 'getShow',
        summary: 'One show',
        description:
          '`available_seats` is exact: an answer is kept until seats of the show change, and for 5 seconds at most.',
        security: [],
        params: IdParams,
        response: {
          200: ShowView.describe('The show'),
          ...problems(
            'validation_failed',
            'show_not_found',
            'internal_error',
            'catalog_unavailable',
            'database_unavailable',
          ),
        },
      },
    },
    (request) => catalog.getShow(request.params.id, request.id),
  );

  http.get(
    '/api/shows/:id/seats/',
    {
      ...cached(answers, showOf),
      schema: {
        tags: ['Shows'],
        operationId: 'getSeatMap',
        summary: 'Seat map of a show',
        description:
          'Every seat with its status, in the order of the hall. To look again, send the `ETag` of the answer as ' +
          '`If-None-Match`: as long as nothing has changed, the answer is an empty 304.',
        security: [],
        params: IdParams,
        headers: ConditionalHeaders,
        response: {
          200: SeatMap.describe('The map, with its `ETag`'),
          304: z.null().describe('The client has the map as it is'),
          ...problems(
            'validation_failed',
            'show_not_found',
            'internal_error',
            'catalog_unavailable',
            'database_unavailable',
          ),
        },
      },
    },
    async (request, reply) => {
      const { etag, json } = await catalog.getSeatMap(request.params.id, request.headers['if-none-match'], request.id);
      reply.headers({ etag, 'cache-control': 'no-cache' });
      if (json === null) return reply.code(304).send(null);
      // A buffer passes the serializer by: the catalog has written it by the same schema.
      return reply.type('application/json; charset=utf-8').send(json as unknown as SeatMap);
    },
  );
}
