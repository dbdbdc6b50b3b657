import type { JobView } from '@boxoffice/shared/contracts/booking';
import { type ProblemCode, ProblemError } from '@boxoffice/shared/contracts/problems';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Exit } from '../../http/operation-errors.ts';
import { waitMsOf } from '../../http/preferences.ts';
import { Acceptance } from '../acceptance.ts';
import type { BookingChange } from '../booking-change.ts';
import { isUndecided } from '../find-job.ts';
import { showOfBooking } from '../find-repeated.ts';
import { requestKeyOf } from '../request-key.ts';
import { answerRepeats } from './answer-repeats.ts';
import { BookingParams } from './booking-params.ts';
import { BookingHeaders, type PollDependencies, sendAccepted, sendRefusal } from './job-reply.ts';

/** How long a change waits for its outcome by default, in seconds. */
const changeWaitSeconds = 10;

/** What all requests that change a booking have in common. */
export const changeContract = {
  params: BookingParams,
  headers: BookingHeaders,
  errors: [
    'booking_not_found',
    'idempotency_in_progress',
    'idempotency_mismatch',
    'too_many_requests',
    'queue_full',
  ] satisfies ProblemCode[],
  needs: ['queue', 'database'] satisfies Exit[],
  hooks: answerRepeats({ showOf: showOfBooking, waitSeconds: changeWaitSeconds, send: sendChange }),
};

/** Reads the change that a request asks for, and sets `Preference-Applied`. */
export function readChange(
  request: Pick<FastifyRequest, 'id' | 'user' | 'method' | 'originalUrl' | 'bodyAsSent' | 'headers'> & {
    params: { id: string };
    headers: { prefer?: string | undefined };
  },
  reply: FastifyReply,
): BookingChange {
  return {
    bookingId: request.params.id,
    userId: request.user.id,
    waitMs: waitMsOf(request, reply, changeWaitSeconds),
    key: requestKeyOf(request),
    acceptance: new Acceptance(reply),
    requestId: request.id,
  };
}

/** Responds with the changed booking, or with the job when there is no outcome yet. */
export function sendChange(
  dependencies: PollDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  job: JobView,
): FastifyReply {
  if (isUndecided(job)) return sendAccepted(dependencies, reply, job);
  // The same response whether it was looked up or decided, so that nobody can tell another's booking from none.
  if (job.problem?.code === 'booking_not_found') throw new ProblemError('booking_not_found');
  return job.booking ? reply.code(200).send(job.booking) : sendRefusal(request, reply, job);
}
