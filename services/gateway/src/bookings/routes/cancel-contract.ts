import { BookingView, type JobView } from '@boxoffice/shared/contracts/booking';
import type { ProblemCode } from '@boxoffice/shared/contracts/problems';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Exit } from '../../http/operation-errors.ts';
import { waitMsOf } from '../../http/preferences.ts';
import { Acceptance } from '../acceptance.ts';
import type { Cancellation } from '../cancel-booking.ts';
import { isUndecided } from '../find-job.ts';
import { showOfBooking } from '../find-repeated.ts';
import { requestKeyOf } from '../request-key.ts';
import { answerRepeats } from './answer-repeats.ts';
import { BookingParams } from './booking-params.ts';
import { acceptedJob, BookingHeaders, type PollDependencies, sendAccepted, sendRefusal } from './job-reply.ts';

/** How long a cancellation waits for its outcome by default, in seconds. */
const cancelWaitSeconds = 10;

/** What the owner's and the administrators' cancellations have in common. */
export const cancelContract = {
  description:
    'Releases the seats for every request that is accepted after this one. Idempotent. Waits for the outcome unless ' +
    '`Prefer: respond-async` is sent.',
  params: BookingParams,
  headers: BookingHeaders,
  success: { 200: BookingView.describe('The cancelled booking'), 202: acceptedJob },
  errors: [
    'booking_not_found',
    'idempotency_in_progress',
    'idempotency_mismatch',
    'too_many_requests',
    'queue_full',
  ] satisfies ProblemCode[],
  needs: ['queue', 'database'] satisfies Exit[],
  hooks: answerRepeats({ showOf: showOfBooking, waitSeconds: cancelWaitSeconds, send: sendCancellation }),
};

/** Reads the cancellation that a request asks for, and sets `Preference-Applied`. */
export function readCancellation(
  request: Pick<FastifyRequest, 'id' | 'user' | 'method' | 'originalUrl' | 'bodyAsSent' | 'headers'> & {
    params: { id: string };
    headers: { prefer?: string | undefined };
  },
  reply: FastifyReply,
  { asAdmin }: Pick<Cancellation, 'asAdmin'>,
): Cancellation {
  return {
    bookingId: request.params.id,
    userId: request.user.id,
    asAdmin,
    waitMs: waitMsOf(request, reply, cancelWaitSeconds),
    key: requestKeyOf(request),
    acceptance: new Acceptance(reply),
    requestId: request.id,
  };
}

/** Responds with the outcome of a cancellation, or with its job when there is no outcome yet. */
export function sendCancellation(
  dependencies: PollDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  job: JobView,
): FastifyReply {
  if (isUndecided(job)) return sendAccepted(dependencies, reply, job);
  return job.booking ? reply.code(200).send(job.booking) : sendRefusal(request, reply, job);
}
