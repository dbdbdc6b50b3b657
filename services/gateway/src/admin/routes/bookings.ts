import {
  AdminBookingPage,
  AdminBookingQuery,
  AdminBookingView,
  bookingView,
} from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Booking } from '@boxoffice/shared/database/entities/booking';
import type { Http } from '@boxoffice/shared/service/http';
import { BookingParams } from '../../bookings/routes/cancel.ts';
import { requireAdmin } from '../../http/authentication.ts';
import { problems } from '../../http/documentation.ts';
import { pageLinks } from '../../http/paging.ts';
import type { Parts } from '../../parts.ts';

/** Everyone's bookings, to look at. Their cancel is the users' own (cancel.ts): it goes through the queue. */
export function adminBookings(
  http: Http,
  { bookings, catalog, users }: Pick<Parts, 'bookings' | 'catalog' | 'users'>,
): void {
  async function views(rows: Booking[], requestId: string): Promise<AdminBookingView[]> {
    const [shows, names] = await Promise.all([
      catalog.findBookingShows(
        rows.map((row) => row.showId),
        requestId,
      ),
      users.findNames(rows.map((row) => row.userId)),
    ]);
    return rows.map((row) => {
      const username = names.get(row.userId);
      return {
        ...bookingView(row),
        show: shows.get(row.showId) ?? null,
        user: username === undefined ? null : { id: row.userId, username },
      };
    });
  }

  http.get(
    '/api/admin/bookings/',
    {
      onRequest: requireAdmin,
      schema: {
        tags: ['Admin'],
        operationId: 'adminListBookings',
        summary: "Everyone's bookings, newest first",
        description:
          'All, or those of a user, of a show, in a status; these may be given together. `count` stops at 100,000.',
        security: [{ bearer: [] }],
        querystring: AdminBookingQuery,
        response: {
          200: AdminBookingPage,
          ...problems(
            'validation_failed',
            'unauthenticated',
            'forbidden',
            'internal_error',
            'catalog_unavailable',
            'database_unavailable',
          ),
        },
      },
    },
    async (request) => {
      const { page, page_size, username } = request.query;
      // Nobody has the number 0, so a name that nobody has gives an empty page.
      const user_id = username === undefined ? request.query.user_id : ((await users.findByName(username))?.id ?? 0);
      const { count, results: rows } = await bookings.list({ ...request.query, user_id });
      return { count, ...pageLinks(request, page, page_size, count), results: await views(rows, request.id) };
    },
  );

  http.get(
    '/api/admin/bookings/:id/',
    {
      onRequest: requireAdmin,
      schema: {
        tags: ['Admin'],
        operationId: 'adminGetBooking',
        summary: "One of everyone's bookings",
        security: [{ bearer: [] }],
        params: BookingParams,
        response: {
          200: AdminBookingView,
          ...problems(
            'unauthenticated',
            'forbidden',
            'booking_not_found',
            'internal_error',
            'catalog_unavailable',
            'database_unavailable',
          ),
        },
      },
    },
    async (request) => {
      const booking = await bookings.find(request.params.id);
      const [view] = booking ? await views([booking], request.id) : [];
      if (!view) throw new ProblemError('booking_not_found');
      return view;
    },
  );
}
