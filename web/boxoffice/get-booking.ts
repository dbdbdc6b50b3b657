import { boxoffice } from '../lib/session.ts';

/** One of the user's bookings. */
export const getBooking = (id: string, signal: AbortSignal) =>
  boxoffice.get('/api/bookings/{id}/', { params: { path: { id } }, signal });
