import { JobView } from '@boxoffice/shared/contracts/booking';
import { problem } from '@boxoffice/shared/contracts/problems';
import { operation } from '../../http/operation.ts';
import { type EventStreams, eventStreamResponse } from '../../streams/index.ts';
import { Acceptance } from '../acceptance.ts';
import { type FollowJobDependencies, followJob as follow } from '../follow-job.ts';
import { BookingParams } from './booking-params.ts';

interface Dependencies extends FollowJobDependencies {
  streams: Pick<EventStreams, 'open'>;
  config: { EVENT_STREAM_LIMIT_PER_USER: number };
}

const exampleJob = JobView.parse(JobView.meta()?.example);

export const followJob = operation({
  method: 'GET',
  path: '/api/jobs/:id/events/',
  auth: 'user',
  tag: 'Bookings',
  id: 'followJob',
  summary: 'Follow a request until its outcome',
  description:
    'Server-sent events. `job` carries what `GET /api/jobs/{id}/` returns: immediately, and each time that the status ' +
    'or position changes. The stream ends after the outcome; do not reconnect then. `unavailable` carries a problem: ' +
    'the state of the request cannot be read at the moment, until the next `job`. If the stream ends without an ' +
    'outcome, reconnect after `retry`.\n\n' +
    'Send the access token in the `Authorization` header as everywhere, so that it does not appear in a URL. In a ' +
    'browser use `fetch`, because an `EventSource` cannot send headers.',
  params: BookingParams,
  success: {
    200: eventStreamResponse('The state of the request, whenever it changes', [
      { event: 'job', data: exampleJob },
      { event: 'job', data: { ...exampleJob, status: 'active', position: 1 } },
      { event: 'unavailable', data: problem('queue_unavailable') },
    ]),
  },
  errors: ['job_not_found', 'too_many_requests'],
  needs: ['queue', 'database'],
  head: false,
  handler: (dependencies: Dependencies) => (request, reply) =>
    follow(dependencies, { id: request.params.id, userId: request.user.id, acceptance: new Acceptance(reply) }, () =>
      dependencies.streams.open(request, reply, {
        kind: 'job',
        key: String(request.user.id),
        limit: dependencies.config.EVENT_STREAM_LIMIT_PER_USER,
      }),
    ),
});
