import { BookBody, BookingView, JobView } from '@boxoffice/shared/contracts/booking';
import { IdParams } from '@boxoffice/shared/contracts/catalog';
import type { Http } from '@boxoffice/shared/service/http';
import { requireUser } from '../../http/authentication.ts';
import { problems } from '../../http/documentation.ts';
import { waitMsOf } from '../../http/preferences.ts';
import type { Parts } from '../../parts.ts';
import { requestBooking } from '../request-booking.ts';
import { BookingHeaders, jobAccepted, sendAccepted, sendRefusal } from './job-reply.ts';

export function book(http: Http, parts: Pick<Parts, 'answers' | 'bookings' | 'catalog' | 'queue'>): void {
  http.post(
    '/api/shows/:id/book/',
    {
      onRequest: requireUser,
      schema: {
        tags: ['Bookings'],
        operationId: 'book',
        summary: 'Book a seat, or several',
        description:
          'Queues the request: all that is asked of one show is decided in the order in which it was accepted. ' +
          'Answers 202 at once with the job to ask for; with `Prefer: wait=10` it answers with the outcome. ' +
          'Several seats are booked all or none.',
        security: [{ bearer: [] }],
        params: IdParams,
        headers: BookingHeaders,
        body: BookBody,
        response: {
          201: BookingView.describe('Booked (with `Prefer: wait`)'),
          202: JobView.describe(jobAccepted),
          ...problems(
            'validation_failed',
            'unauthenticated',
            'show_not_found',
            'seat_taken',
            'show_started',
            'idempotency_in_progress',
            'payload_too_large',
            'unsupported_media_type',
            'idempotency_mismatch',
            'internal_error',
            'queue_full',
            'queue_unavailable',
            'catalog_unavailable',
            'database_unavailable',
          ),
        },
      },
    },
    async (request, reply) => {
      const job = await requestBooking(parts, {
        showId: request.params.id,
        userId: request.user.id,
        body: request.body,
        waitMs: waitMsOf(request, reply, 0),
        idempotencyKey: request.headers['idempotency-key'],
        requestId: request.id,
      });
      if (job.status === 'queued' || job.status === 'active' || !reply.hasHeader('preference-applied'))
        return sendAccepted(reply, job);
      if (!job.booking) return sendRefusal(request, reply, job);
      return reply.code(201).header('location', `/api/bookings/${job.booking.id}/`).send(job.booking);
    },
  );
}
