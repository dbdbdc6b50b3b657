import { IdParams, SeatChanges, SeatMap } from '@boxoffice/shared/contracts/catalog';
import { problem } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/service/http';
import { z } from 'zod';
import { eventStream, problems } from '../../http/documentation.ts';
import { addressKey } from '../../identity/rate-limits.ts';
import type { Parts } from '../../parts.ts';

/** Loose: the headers that no schema names are still there behind it. */
const ResumeHeaders = z.looseObject({
  'last-event-id': z
    .string()
    .max(100)
    .optional()
    .describe('the `id` of the event that the client has read last, or the `ETag` of the map that it has'),
});

export function seatEvents(http: Http, parts: Pick<Parts, 'config' | 'seatWatch' | 'streams'>): void {
  http.get(
    '/api/shows/:id/seats/events/',
    {
      exposeHeadRoute: false,
      schema: {
        tags: ['Shows'],
        operationId: 'watchSeats',
        summary: 'Watch the seats of a show',
        description:
          'Server-sent events, for an `EventSource` or `fetch`. `snapshot` carries the whole map, as ' +
          '`GET /api/shows/{id}/seats/` answers it; it comes first, and whenever what the client has cannot be ' +
          'brought up to date. `change` carries the seats that have another status now, soon after that is ' +
          'committed. `unavailable` carries a problem: the map cannot be read just now, so what the client has may ' +
          'be old; the next `snapshot` ends that, and so does a stream that is opened anew.\n\n' +
          'An `id` names the map that the client then has (it is its `ETag`). With `Last-Event-ID` the stream goes ' +
          'on from that map: with nothing, if it is still the same, with the changes since, or with a `snapshot`. ' +
          'Streams end now and then: come again after `retry`, as an `EventSource` does by itself.',
        security: [],
        params: IdParams,
        headers: ResumeHeaders,
        response: {
          200: eventStream('The map, and what changes in it', [
            { event: 'snapshot', data: SeatMap.meta()?.example, id: '2jmj7l5rSw0yVb_vlWAYkK' },
            { event: 'change', data: SeatChanges.meta()?.example, id: 'qUiQTy8PR5uPgZdpSzAYSw' },
            { event: 'unavailable', data: problem('catalog_unavailable') },
          ]),
          ...problems(
            'validation_failed',
            'show_not_found',
            'too_many_requests',
            'internal_error',
            'catalog_unavailable',
            'database_unavailable',
          ),
        },
      },
    },
    async (request, reply) => {
      const show = await parts.seatWatch.getShow(request.params.id);
      const stream = parts.streams.open(request, reply, {
        kind: 'seats',
        key: addressKey(request.ip),
        limit: parts.config.EVENT_STREAM_LIMIT_PER_ADDRESS,
      });
      show.addViewer(stream, request.headers['last-event-id']);
    },
  );
}
