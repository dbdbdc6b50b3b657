import { BookingView, JobView } from '@boxoffice/shared/contracts/booking';
import type { Http } from '@boxoffice/shared/service/http';
import { z } from 'zod';
import { requireAdmin, requireUser } from '../../http/authentication.ts';
import { problems } from '../../http/documentation.ts';
import { waitMsOf } from '../../http/preferences.ts';
import type { Parts } from '../../parts.ts';
import { requestCancellation } from '../request-cancellation.ts';
import { BookingHeaders, jobAccepted, sendAccepted, sendRefusal } from './job-reply.ts';

/** Ids of bookings and jobs are opaque to clients; one that is none of ours is simply not found. */
export const BookingParams = z.object({ id: z.string().max(100) });

/** How long a cancel waits unless asked otherwise, in seconds. */
const cancelWaitSeconds = 10;

/** The owner's cancel, and the same for an administrator on anyone's booking. */
export function cancel(http: Http, parts: Pick<Parts, 'answers' | 'bookings' | 'queue'>): void {
  const own = { asAdmin: false, tag: 'Bookings', summary: 'Cancel your booking' };
  const anyones = { asAdmin: true, tag: 'Admin', summary: "Cancel anyone's booking" };
  addCancel(http, parts, { method: 'POST', path: '/api/bookings/:id/cancel/', operationId: 'cancelBooking', ...own });
  addCancel(http, parts, {
    method: 'POST',
    path: '/api/admin/bookings/:id/cancel/',
    operationId: 'adminCancelBooking',
    ...anyones,
  });
  // A booking is never deleted: to delete one is to cancel it.
  addCancel(http, parts, {
    method: 'DELETE',
    path: '/api/admin/bookings/:id/',
    operationId: 'adminDeleteBooking',
    ...anyones,
  });
}

function addCancel(
  http: Http,
  parts: Pick<Parts, 'answers' | 'bookings' | 'queue'>,
  operation: {
    method: 'POST' | 'DELETE';
    path: string;
    operationId: string;
    asAdmin: boolean;
    tag: string;
    summary: string;
  },
): void {
  const { method, path, operationId, asAdmin, tag, summary } = operation;
  http.route({
    method,
    url: path,
    onRequest: asAdmin ? requireAdmin : requireUser,
    schema: {
      tags: [tag],
      operationId,
      summary,
      description:
        'Frees the seats for everyone whose request is accepted after this one. Again: the same answer. ' +
        'Waits for the outcome unless asked not to with `Prefer: respond-async`.',
      security: [{ bearer: [] }],
      params: BookingParams,
      headers: BookingHeaders,
      response: {
        200: BookingView.describe('Cancelled, now or before'),
        202: JobView.describe(jobAccepted),
        ...problems(
          'validation_failed',
          'unauthenticated',
          ...(asAdmin ? (['forbidden'] as const) : []),
          'booking_not_found',
          'idempotency_in_progress',
          'idempotency_mismatch',
          'internal_error',
          'queue_full',
          'queue_unavailable',
          'database_unavailable',
        ),
      },
    },
    handler: async (request, reply) => {
      const job = await requestCancellation(parts, {
        bookingId: request.params.id,
        userId: request.user.id,
        asAdmin,
        waitMs: waitMsOf(request, reply, cancelWaitSeconds),
        idempotencyKey: request.headers['idempotency-key'],
        requestId: request.id,
      });
      if (job.status === 'queued' || job.status === 'active') return sendAccepted(reply, job);
      return job.booking ? reply.code(200).send(job.booking) : sendRefusal(request, reply, job);
    },
  });
}
