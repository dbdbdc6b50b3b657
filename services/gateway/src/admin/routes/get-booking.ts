import { AdminBookingView } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { BookingParams, type Bookings } from '../../bookings/index.ts';
import { operation } from '../../http/operation.ts';
import { type ViewBookingsDependencies, viewBookings } from '../view-bookings.ts';

interface Dependencies extends ViewBookingsDependencies {
  bookings: Pick<Bookings, 'find'>;
}

export const getBooking = operation({
  method: 'GET',
  path: '/api/admin/bookings/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminGetBooking',
  summary: 'Get the booking of any user',
  description: 'Includes its show and its user.',
  params: BookingParams,
  success: { 200: AdminBookingView.describe('The booking') },
  errors: ['booking_not_found'],
  needs: ['catalog', 'database'],
  handler:
    ({ bookings, ...others }: Dependencies) =>
    async (request) => {
      const booking = await bookings.find(request.params.id);
      const [view] = booking ? await viewBookings(others, [booking], request.id) : [];
      if (!view) throw new ProblemError('booking_not_found');
      return view;
    },
});
