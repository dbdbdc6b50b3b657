import { JobView } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { operation } from '../../http/operation.ts';
import { Acceptance } from '../acceptance.ts';
import { type FindJobDependencies, findJob, isUndecided } from '../find-job.ts';
import { type SeatMapCache, showOwnWrite } from '../read-your-writes.ts';
import { BookingParams } from './booking-params.ts';
import type { PollDependencies } from './job-reply.ts';

export const getJob = operation({
  method: 'GET',
  path: '/api/jobs/:id/',
  auth: 'user',
  tag: 'Bookings',
  id: 'getJob',
  summary: 'Get the state of a request',
  description:
    'While the job is `queued` or `active`, `Retry-After` says when to ask again. A rejection can be retrieved for 24 ' +
    'hours, a booking until its show is archived. An outcome never changes: `booking` is the booking as this request left ' +
    'it, even if it has been cancelled since. `GET /api/bookings/{id}/` returns its present state.',
  params: BookingParams,
  success: { 200: JobView.describe('The job') },
  errors: ['job_not_found'],
  needs: ['queue', 'database'],
  handler: (dependencies: FindJobDependencies & SeatMapCache & PollDependencies) => async (request, reply) => {
    const acceptance = new Acceptance(reply);
    const job = await acceptance.lookUp(findJob(dependencies, request.params.id, request.user.id));
    if (!job) throw new ProblemError('job_not_found');
    showOwnWrite(dependencies, job);
    if (isUndecided(job)) reply.header('retry-after', dependencies.queue.pollAfterSeconds(job.id));
    return job;
  },
});
