import type { Booking } from '@boxoffice/client';
import { boxoffice } from '../lib/session.ts';

type Hold = Pick<Booking, 'status' | 'expires_at'>;

/** The most by which our estimate of the server's time is off, in milliseconds. */
const toleranceMs = 1_000;

/** When a hold has certainly ended, in milliseconds since 1970; NaN if the booking is not held. */
export const holdEnd = ({ status, expires_at: expiresAt }: Hold): number =>
  status === 'held' ? Date.parse(expiresAt ?? '') + toleranceMs : Number.NaN;

/** Whether seats are held and can be confirmed. The server may say `held` for some seconds after the end. */
export const isLiveHold = (booking: Hold): boolean => boxoffice.now() < holdEnd(booking);

/** Whether a hold has ended by itself. */
export const hasExpired = (booking: Hold): boolean =>
  booking.status === 'expired' || (booking.status === 'held' && !isLiveHold(booking));
