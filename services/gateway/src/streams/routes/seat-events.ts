import { IdParams, SeatChanges, SeatMap } from '@boxoffice/shared/contracts/catalog';
import { problem } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/service/http';
import { z } from 'zod';
import { eventStream, problems } from '../../http/documentation.ts';
import { addressKey } from '../../identity/rate-limits.ts';
import type { Parts } from '../../parts.ts';

/** Loose, so that the handler still sees the other headers. */
const ResumeHeaders = z.looseObject({
  'last-event-id': z
    .string()
    .max(100)
    .optional()
    .describe('the `id` of the last event that the client has received, or the `ETag` of the map that it has'),
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
          'Server-sent events, for an `EventSource` or `fetch`. `snapshot` contains the whole map, as in ' +
          '`GET /api/shows/{id}/seats/`; it is sent first, and whenever the map that the client has cannot be ' +
          'updated otherwise. `change` contains the seats whose status has changed, soon after the change is ' +
          'committed. `unavailable` contains a problem: the map cannot be read at the moment, so the one that the ' +
          'client has may be outdated, until the next `snapshot` or until a new stream is opened.\n\n' +
          'The `id` of an event identifies the map that the client has after it; it is the `ETag` of that map. With ' +
          '`Last-Event-ID` the stream resumes from that map: with nothing if it is still current, otherwise with the ' +
          'changes since, or with a `snapshot`. Streams end from time to time: reconnect after `retry`, as an ' +
          '`EventSource` does by itself.',
        security: [],
        params: IdParams,
        headers: ResumeHeaders,
        response: {
          200: eventStream('The map, and its changes', [
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
