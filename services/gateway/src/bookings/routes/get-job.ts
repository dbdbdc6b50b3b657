import { JobView } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/service/http';
import { requireUser } from '../../http/authentication.ts';
import { problems } from '../../http/documentation.ts';
import type { Parts } from '../../parts.ts';
import { findJob } from '../find-job.ts';
import { BookingParams } from './cancel.ts';
import { pollAfterSeconds } from './job-reply.ts';

export function getJob(http: Http, parts: Pick<Parts, 'answers' | 'bookings' | 'queue'>): void {
  http.get(
    '/api/jobs/:id/',
    {
      onRequest: requireUser,
      schema: {
        tags: ['Bookings'],
        operationId: 'getJob',
        summary: 'Ask what became of a request',
        description:
          'While it is `queued` or `active`, `Retry-After` says when to ask again. A rejection stays answerable for 24 hours, a booking for ever.',
        security: [{ bearer: [] }],
        params: BookingParams,
        response: {
          200: JobView,
          ...problems(
            'unauthenticated',
            'job_not_found',
            'internal_error',
            'queue_unavailable',
            'database_unavailable',
          ),
        },
      },
    },
    async (request, reply) => {
      const job = await findJob(parts, request.params.id, request.user.id);
      if (!job) throw new ProblemError('job_not_found');
      if (job.status === 'queued' || job.status === 'active') reply.header('retry-after', pollAfterSeconds);
      return job;
    },
  );
}
