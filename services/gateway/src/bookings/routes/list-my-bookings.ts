import { bookingView, MyBookingPage, MyBookingQuery } from '@boxoffice/shared/contracts/booking';
import type { CatalogClient } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { pageLinks } from '../../http/paging.ts';
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
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results: rows } = await bookings.list({ ...request.query, user_id: request.user.id });
      const showIds = rows.map((row) => row.showId);
      const shows = await catalog.findBookingShows(showIds, request.id);
      const results = rows.map((row) => ({ ...bookingView(row), show: shows.get(row.showId) ?? null }));
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
});
