import { z } from 'zod';

/** Ids of bookings and jobs are opaque to clients: an id that we did not issue is simply not found. */
export const BookingParams = z.object({ id: z.string().max(100) });
