import { JobView } from '@boxoffice/shared/contracts/booking';
import { sendProblem } from '@boxoffice/shared/service/problem-responses';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { BookingQueue } from '../queue/booking-queue.ts';

/** The longest Idempotency-Key, in characters. */
export const idempotencyKeyLimit = 255;

/** The headers of requests that change bookings. Loose: headers without a schema are kept. */
export const BookingHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .min(1)
    .max(idempotencyKeyLimit)
    .optional()
    .describe(
      'a name that you choose for this request: a retry with the same key and the same body gets the outcome of the first ' +
        'request, with the booking as that request left it',
    ),
  prefer: z
    .string()
    .max(200)
    .optional()
    .describe(
      '`wait=10` waits up to 10 seconds for the outcome (30 at most); `respond-async` does not wait (RFC 7240)',
    ),
});

export const acceptedJob = JobView.describe(
  'Accepted: the job, to be polled at `Location` after `Retry-After` seconds',
);

export interface PollDependencies {
  queue: Pick<BookingQueue, 'pollAfterSeconds'>;
}

/** Responds with a job that has no outcome yet: 202. */
export function sendAccepted({ queue }: PollDependencies, reply: FastifyReply, job: JobView): FastifyReply {
  const headers = { location: `/api/jobs/${job.id}/`, 'retry-after': queue.pollAfterSeconds(job.id) };
  return reply.code(202).headers(headers).send(job);
}

/** Responds with the reason why a job was rejected or failed. */
export function sendRefusal(request: FastifyRequest, reply: FastifyReply, job: JobView): FastifyReply {
  if (!job.problem) throw new Error(`job ${job.id} is ${job.status} without a problem`);
  return sendProblem(request, reply, { ...job.problem, job_id: job.id });
}
