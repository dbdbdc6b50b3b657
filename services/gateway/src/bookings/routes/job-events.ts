import { JobView } from '@boxoffice/shared/contracts/booking';
import { problem } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/service/http';
import { requireUser } from '../../http/authentication.ts';
import { eventStream, problems } from '../../http/documentation.ts';
import type { Parts } from '../../parts.ts';
import { followJob } from '../follow-job.ts';
import { BookingParams } from './cancel.ts';

const exampleJob = JobView.meta()?.example as JobView;

export function jobEvents(
  http: Http,
  parts: Pick<Parts, 'answers' | 'bookings' | 'config' | 'queue' | 'streams'>,
): void {
  http.get(
    '/api/jobs/:id/events/',
    {
      exposeHeadRoute: false,
      onRequest: requireUser,
      schema: {
        tags: ['Bookings'],
        operationId: 'followJob',
        summary: 'Follow a request to its outcome',
        description:
          'Server-sent events. `job` carries what `GET /api/jobs/{id}/` answers: at once, then each time that status ' +
          'or position change; behind the outcome the stream ends, and who has read it need not come again. ' +
          '`unavailable` carries a problem: where the request stands cannot be looked up just now, and the next ' +
          '`job` says that it can again. When the stream ends without an outcome, come again after `retry`.\n\n' +
          'The access token comes in the `Authorization` header, as everywhere, so that it stands in no URL: in a ' +
          'browser read this with `fetch`, because an `EventSource` cannot send the header.',
        security: [{ bearer: [] }],
        params: BookingParams,
        response: {
          200: eventStream('Where the request stands, as it changes', [
            { event: 'job', data: exampleJob },
            { event: 'job', data: { ...exampleJob, status: 'active', position: 1 } },
            { event: 'unavailable', data: problem('queue_unavailable') },
          ]),
          ...problems(
            'unauthenticated',
            'job_not_found',
            'too_many_requests',
            'internal_error',
            'queue_unavailable',
            'database_unavailable',
          ),
        },
      },
    },
    (request, reply) =>
      followJob(parts, request.params.id, request.user.id, () =>
        parts.streams.open(request, reply, {
          kind: 'job',
          key: String(request.user.id),
          limit: parts.config.EVENT_STREAM_LIMIT_PER_USER,
        }),
      ),
  );
}
