import { AdminBookingPage, AdminBookingQuery } from '@boxoffice/shared/contracts/booking';
import type { Bookings } from '../../bookings/index.ts';
import { operation } from '../../http/operation.ts';
import { pageLinks } from '../../http/paging.ts';
import type { Users } from '../../identity/index.ts';
import { type ViewBookingsDependencies, viewBookings } from '../view-bookings.ts';

interface Dependencies extends ViewBookingsDependencies {
  bookings: Pick<Bookings, 'list'>;
  users: Pick<Users, 'findByName' | 'findNames'>;
}

export const listBookings = operation({
  method: 'GET',
  path: '/api/admin/bookings/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminListBookings',
  summary: 'List the bookings of all users',
  description:
    'Newest first, optionally those of one user, of one show, with one status or with a short code; filters can be ' +
    'combined. `count` stops at 100,000.',
  querystring: AdminBookingQuery,
  success: { 200: AdminBookingPage.describe('A page of bookings') },
  needs: ['catalog', 'database'],
  handler:
    ({ bookings, users, catalog }: Dependencies) =>
    async (request) => {
      const { page, page_size, username } = request.query;
      // No user has the id 0, so an unknown name gives an empty page.
      const user_id = username === undefined ? request.query.user_id : ((await users.findByName(username))?.id ?? 0);
      const { count, results: rows } = await bookings.list({ ...request.query, user_id });
      const results = await viewBookings({ catalog, users }, rows, request.id);
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
});
