import { BookingView, bookingView } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { operation } from '../../http/operation.ts';
import type { Bookings } from '../stored-bookings.ts';
import { BookingParams } from './booking-params.ts';

export const getBooking = operation({
  method: 'GET',
  path: '/api/bookings/:id/',
  auth: 'user',
  tag: 'Bookings',
  id: 'getBooking',
  summary: 'Get one of your bookings',
  description: 'Bookings of other users, and of archived shows, are not found.',
  params: BookingParams,
  success: { 200: BookingView.describe('The booking') },
  errors: ['booking_not_found'],
  needs: ['database'],
  handler:
    ({ bookings }: { bookings: Pick<Bookings, 'find'> }) =>
    async (request) => {
      const booking = await bookings.find(request.params.id);
      if (booking?.userId !== request.user.id) throw new ProblemError('booking_not_found');
      return bookingView(booking);
    },
});
