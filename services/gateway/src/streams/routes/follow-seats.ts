import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { problem } from '@boxoffice/shared/contracts/problems';
import { SeatChanges, SeatMap } from '@boxoffice/shared/contracts/seat-map';
import { z } from 'zod';
import { addressKey } from '../../http/client-address.ts';
import { operation } from '../../http/operation.ts';
import { eventStreamResponse } from '../event-stream-response.ts';
import type { EventStreams } from '../event-streams.ts';
import type { SeatWatch } from '../seat-watch.ts';

interface Dependencies {
  seatWatch: Pick<SeatWatch, 'getShow'>;
  streams: Pick<EventStreams, 'open'>;
  config: { EVENT_STREAM_LIMIT_PER_ADDRESS: number };
}

/** Loose: headers without a schema are kept. */
const ResumeHeaders = z.looseObject({
  'last-event-id': z
    .string()
    .max(100)
    .optional()
    .describe('the `id` of the last event that the client has received, or the `ETag` of the map that it has'),
});

export const followSeats = operation({
  method: 'GET',
  path: '/api/shows/:id/seats/events/',
  auth: 'none',
  tag: 'Shows',
  id: 'followSeats',
  summary: 'Follow the seats of a show',
  description:
    'Server-sent events, for an `EventSource` or `fetch`. `snapshot` carries the whole map as ' +
    '`GET /api/shows/{id}/seats/` returns it; it comes first, and whenever the client cannot be brought up to date ' +
    'with changes. `change` carries the seats whose status has changed, soon after the change is committed. ' +
    '`unavailable` carries a problem: the map cannot be read at the moment, so the client’s map may be out of date ' +
    'until the next `snapshot`, which also comes first when the client reconnects.\n\n' +
    'An `id` names the map that the client has after the event; it is the map’s `ETag`. With `Last-Event-ID` the ' +
    'stream continues from that map: with the changes since then, with a `snapshot`, or with nothing if the map is ' +
    'still the same. Streams end from time to time: reconnect after `retry`, as an `EventSource` does automatically.',
  params: IdParams,
  headers: ResumeHeaders,
  success: {
    200: eventStreamResponse('The map and its changes', [
      { event: 'snapshot', data: SeatMap.meta()?.example, id: '2jmj7l5rSw0yVb_vlWAYkK' },
      { event: 'change', data: SeatChanges.meta()?.example, id: 'qUiQTy8PR5uPgZdpSzAYSw' },
      { event: 'unavailable', data: problem('catalog_unavailable') },
    ]),
  },
  errors: ['show_not_found', 'too_many_requests'],
  needs: ['catalog'],
  head: false,
  handler:
    ({ seatWatch, streams, config }: Dependencies) =>
    async (request, reply) => {
      const show = await seatWatch.getShow(request.params.id);
      const stream = streams.open(request, reply, {
        kind: 'seats',
        key: addressKey(request.ip),
        limit: config.EVENT_STREAM_LIMIT_PER_ADDRESS,
      });
      show.addViewer(stream, request.headers['last-event-id']);
    },
});
