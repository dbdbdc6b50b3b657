import type { JobView } from '@boxoffice/shared/contracts/booking';
import { sendProblem } from '@boxoffice/shared/service/problem-responses';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

/** When to ask again for a job that is not decided, in seconds. */
export const pollAfterSeconds = 1;

/** What the POSTs that change bookings read from the headers. Loose: the others stay as they are. */
export const BookingHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('your own name for this request: sent again with the same key it is the same job, however often you try'),
  prefer: z
    .string()
    .max(200)
    .optional()
    .describe(
      '`wait=10` holds the answer until the outcome, 30 seconds at most; `respond-async` does not wait (RFC 7240)',
    ),
});

export const jobAccepted = 'Accepted: the job to ask for, at `Location`, after `Retry-After` seconds';

/** Answers a job that has no outcome yet: 202. */
export function sendAccepted(reply: FastifyReply, job: JobView): FastifyReply {
  return reply.code(202).header('location', `/api/jobs/${job.id}/`).header('retry-after', pollAfterSeconds).send(job);
}

/** Answers a job that was rejected or failed with its reason. */
export function sendRefusal(request: FastifyRequest, reply: FastifyReply, job: JobView): FastifyReply {
  if (!job.problem) throw new Error(`job ${job.id} is ${job.status} without a problem`);
  return sendProblem(request, reply, { ...job.problem, job_id: job.id });
}
