import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { SeatMap } from '@boxoffice/shared/contracts/seat-map';
import { z } from 'zod';
import { operation } from '../../http/operation.ts';
import { cached } from '../cached-responses.ts';
import { type PublicCatalog, showOf } from './public-catalog.ts';

/** Loose: headers without a schema are kept. */
const ConditionalHeaders = z.looseObject({
  'if-none-match': z.string().optional().describe('the `ETag` of the map that the client has'),
});

export const getSeatMap = operation({
  method: 'GET',
  path: '/api/shows/:id/seats/',
  auth: 'none',
  tag: 'Shows',
  id: 'getSeatMap',
  summary: 'Get the seat map of a show',
  description:
    'Every seat with its status, row by row. To check for changes, send the `ETag` of a response as `If-None-Match`: ' +
    'while nothing has changed, the response is an empty 304.',
  params: IdParams,
  headers: ConditionalHeaders,
  success: { 200: SeatMap.describe('The map, with its `ETag`'), 304: z.null().describe('The map has not changed') },
  errors: ['show_not_found'],
  needs: ['catalog'],
  hooks: ({ responses }: PublicCatalog) => cached(responses, showOf),
  handler:
    ({ catalog }: PublicCatalog) =>
    async (request, reply) => {
      const { etag, json } = await catalog.getSeatMap(request.params.id, request.headers['if-none-match'], request.id);
      reply.headers({ etag, 'cache-control': 'no-cache' });
      if (json === null) return reply.code(304).send(null);
      // A buffer bypasses the serializer: the catalog has written it by the same schema.
      return reply.type('application/json; charset=utf-8').send(json as unknown as SeatMap);
    },
});
