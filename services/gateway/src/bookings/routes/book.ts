import { BookBody, BookingView, type JobView } from '@boxoffice/shared/contracts/booking';
import { IdParams } from '@boxoffice/shared/contracts/catalog';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { operation } from '../../http/operation.ts';
import { waitMsOf } from '../../http/preferences.ts';
import { Acceptance } from '../acceptance.ts';
import { type DraftBookingDependencies, draftBooking } from '../draft-booking.ts';
import { isUndecided } from '../find-job.ts';
import { type BudgetDependencies, withinBudget } from '../request-budget.ts';
import { requestKeyOf } from '../request-key.ts';
import { type SubmitDependencies, submitRequest } from '../submit-request.ts';
import { answerRepeats } from './answer-repeats.ts';
import { acceptedJob, BookingHeaders, type PollDependencies, sendAccepted, sendRefusal } from './job-reply.ts';

type BookDependencies = DraftBookingDependencies & SubmitDependencies & PollDependencies & BudgetDependencies;

export const book = operation({
  method: 'POST',
  path: '/api/shows/:id/book/',
  auth: 'user',
  tag: 'Bookings',
  id: 'bookSeats',
  summary: 'Book one seat or several',
  description:
    'Queues the request: all requests for a show are decided in the order in which they were accepted. Responds ' +
    'immediately with 202 and the job, or with the outcome when `Prefer: wait=10` is sent. Several seats are booked ' +
    'all or none.',
  params: IdParams,
  headers: BookingHeaders,
  body: BookBody,
  success: { 201: BookingView.describe('Booked (with `Prefer: wait`)'), 202: acceptedJob },
  errors: [
    'show_not_found',
    'seat_taken',
    'show_started',
    'idempotency_in_progress',
    'idempotency_mismatch',
    'too_many_requests',
    'queue_full',
  ],
  needs: ['queue', 'catalog', 'database'],
  hooks: withinBudget(
    answerRepeats({
      showOf: (id) => IdParams.safeParse({ id }).data?.id ?? null,
      waitSeconds: 0,
      send: sendBooking,
    }),
  ),
  handler: (dependencies: BookDependencies) => async (request, reply) => {
    const waitMs = waitMsOf(request, reply, 0);
    const acceptance = new Acceptance(reply);
    const draft = await acceptance.within(
      draftBooking(dependencies, {
        showId: request.params.id,
        userId: request.user.id,
        body: request.body,
        key: requestKeyOf(request),
        requestId: request.id,
      }),
    );
    return sendBooking(dependencies, request, reply, await submitRequest(dependencies, draft, { waitMs, acceptance }));
  },
});

function sendBooking(
  dependencies: PollDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  job: JobView,
): FastifyReply {
  if (isUndecided(job) || !reply.hasHeader('preference-applied')) return sendAccepted(dependencies, reply, job);
  if (!job.booking) return sendRefusal(request, reply, job);
  return reply.code(201).header('location', `/api/bookings/${job.booking.id}/`).send(job.booking);
}
