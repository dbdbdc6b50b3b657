import type { JobView } from '@boxoffice/shared/contracts/booking';
import { IdParams } from '@boxoffice/shared/contracts/catalog';
import type { ProblemCode } from '@boxoffice/shared/contracts/problems';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isUndecided } from '../find-job.ts';
import { answerRepeats } from './answer-repeats.ts';
import { type PollDependencies, sendAccepted, sendRefusal } from './job-reply.ts';

/** Why seats cannot be booked or held. */
export const saleErrors = [
  'show_not_found',
  'seat_taken',
  'leaves_single_seat',
  'limit_reached',
  'show_cancelled',
  'show_started',
  'sales_not_open',
  'sales_closed',
  'idempotency_in_progress',
  'idempotency_mismatch',
  'too_many_requests',
  'queue_full',
] satisfies ProblemCode[];

export const answerSaleRepeats = answerRepeats({
  showOf: (id) => IdParams.safeParse({ id }).data?.id ?? null,
  waitSeconds: 0,
  send: sendSale,
});

/** Responds with the new booking if the client waits for it, otherwise with the job. */
export function sendSale(
  dependencies: PollDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  job: JobView,
): FastifyReply {
  if (isUndecided(job) || !reply.hasHeader('preference-applied')) return sendAccepted(dependencies, reply, job);
  if (!job.booking) return sendRefusal(request, reply, job);
  return reply.code(201).header('location', `/api/bookings/${job.booking.id}/`).send(job.booking);
}
