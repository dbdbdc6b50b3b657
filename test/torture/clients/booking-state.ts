import { type Operation, outcomeOf } from '../checker/history.ts';
import type { Body } from './http.ts';
import type { Market } from './market.ts';
import { now } from './now.ts';

/** The clocks of the campaign and of PostgreSQL are the same machine's; what they may differ by, in milliseconds. */
const clockToleranceMs = 50;

/**
 * A booking is booked until its cancellation is sent, and cancelled once that has been answered. A hold is held until
 * its end or its confirmation, and booked once that has been answered.
 *
 * @returns to be called with the booking as it was read
 */
export function expectState(market: Market, bookingId: string, made: Operation): (read: Body) => void {
  const { recorder } = market;
  const succeeded = (kind: 'cancel' | 'confirm') =>
    recorder.changesOf(kind, bookingId).some((change) => outcomeOf(change)?.status === 'succeeded');
  // As of before it is read.
  const [wasCancelled, wasConfirmed] = [succeeded('cancel'), made.kind === 'book' || succeeded('confirm')];
  return ({ status }) => {
    const wasSent = (kind: 'cancel' | 'confirm' | 'checkout') => recorder.changesOf(kind, bookingId).length > 0;
    const maybeCancelled =
      wasSent('cancel') || market.cancellationOf(made.show) !== undefined || recorder.mayHaveReplaced(made);
    const ends = outcomeOf(made)?.expires ?? 0;
    const isPossible =
      status === 'cancelled'
        ? maybeCancelled
        : !wasCancelled &&
          (status === 'booked'
            ? made.kind === 'book' || wasSent('confirm') || wasSent('checkout')
            : !wasConfirmed && (status === 'held' || (status === 'expired' && now() > ends - clockToleranceMs)));
    if (isPossible) return;
    const after = wasCancelled ? ' after its cancellation had succeeded' : wasConfirmed ? ' though it was booked' : '';
    recorder.violate('committed before spoken', `a booking was read as ${status}${after}`, made);
  };
}
