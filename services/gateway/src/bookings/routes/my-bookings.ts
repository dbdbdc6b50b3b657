import { BookingView, bookingView, MyBookingPage, MyBookingQuery } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/service/http';
import { requireUser } from '../../http/authentication.ts';
import { problems } from '../../http/documentation.ts';
import { pageLinks } from '../../http/paging.ts';
import type { Parts } from '../../parts.ts';
import { BookingParams } from './cancel.ts';

export function myBookings(http: Http, { bookings, catalog }: Pick<Parts, 'bookings' | 'catalog'>): void {
  http.get(
    '/api/my-bookings/',
    {
      onRequest: requireUser,
      schema: {
        tags: ['Bookings'],
        operationId: 'listMyBookings',
        summary: 'Your bookings, newest first',
        security: [{ bearer: [] }],
        querystring: MyBookingQuery,
        response: {
          200: MyBookingPage,
          ...problems(
            'validation_failed',
            'unauthenticated',
            'internal_error',
            'catalog_unavailable',
            'database_unavailable',
          ),
        },
      },
    },
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results: rows } = await bookings.list({
        ...request.query,
        user_id: request.user.id,
      });
      const shows = await catalog.findBookingShows(
        rows.map((row) => row.showId),
        request.id,
      );
      const results = rows.map((row) => ({ ...bookingView(row), show: shows.get(row.showId) ?? null }));
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
  );

  http.get(
    '/api/bookings/:id/',
    {
      onRequest: requireUser,
      schema: {
        tags: ['Bookings'],
        operationId: 'getBooking',
        summary: 'One of your bookings',
        security: [{ bearer: [] }],
        params: BookingParams,
        response: {
          200: BookingView,
          ...problems('unauthenticated', 'booking_not_found', 'internal_error', 'database_unavailable'),
        },
      },
    },
    async (request) => {
      const booking = await bookings.find(request.params.id);
      if (booking?.userId !== request.user.id) throw new ProblemError('booking_not_found');
      return bookingView(booking);
    },
  );
}
