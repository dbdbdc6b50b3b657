import type { Booking } from '@boxoffice/client';
import { boxoffice } from '../lib/session.ts';

type Hold = Pick<Booking, 'status' | 'expires_at'>;

/** More than our idea of the server's time can be off, in milliseconds: a hold that seems over by this much is over. */
const toleranceMs = 1_000;

/** When a hold is certainly over, in milliseconds since 1970; NaN for what is not held. */
export const holdEnd = ({ status, expires_at: expiresAt }: Hold): number =>
  status === 'held' ? Date.parse(expiresAt ?? '') + toleranceMs : Number.NaN;

/** Whether seats are held and can be confirmed. The server may say `held` for some seconds after the end. */
export const isLiveHold = (booking: Hold): boolean => boxoffice.now() < holdEnd(booking);

/** Whether a hold has ended by itself. */
export const hasExpired = (booking: Hold): boolean =>
  booking.status === 'expired' || (booking.status === 'held' && !isLiveHold(booking));
