import { bookingView, MyBookingPage, MyBookingQuery } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { CatalogClient } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { pageLinks } from '../../http/paging.ts';
import { ResponseDeadline } from '../response-deadline.ts';
import type { Bookings } from '../stored-bookings.ts';

interface Dependencies {
  bookings: Pick<Bookings, 'list'>;
  catalog: Pick<CatalogClient, 'findBookingShows'>;
}

export const listMyBookings = operation({
  method: 'GET',
  path: '/api/my-bookings/',
  auth: 'user',
  tag: 'Bookings',
  id: 'listMyBookings',
  summary: 'List your bookings',
  description: 'Newest first, with their shows.',
  querystring: MyBookingQuery,
  success: { 200: MyBookingPage.describe('A page of bookings') },
  needs: ['catalog', 'database'],
  handler:
    ({ bookings, catalog }: Dependencies) =>
    async (request, reply) => {
      const deadline = new ResponseDeadline(reply);
      const { page, page_size } = request.query;
      const { count, results: rows } = await bookings.list({ ...request.query, user_id: request.user.id });
      const showIds = rows.map((row) => row.showId);
      const shows = await deadline.within(catalog.findBookingShows(showIds, request.id), catalogLate);
      const results = rows.map((row) => ({ ...bookingView(row), show: shows.get(row.showId) ?? null }));
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
});

function catalogLate(): ProblemError {
  return new ProblemError('catalog_unavailable', 'The catalog did not respond in time. Try again in a moment.', {
    retryAfterSeconds: 1,
  });
}
