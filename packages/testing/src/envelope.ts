import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { BookingRequest } from '@boxoffice/shared/contracts/jobs';
import { partitionOf } from '@boxoffice/shared/partition';

export type Wish = { seats: string[]; user?: number } | { cancel: string; user?: number; asAdmin?: true };

/** The requests of an envelope as the gateway would create them, for user 1 by default. */
export function envelope(showId: number, wishes: Wish[], partitions = 8): BookingRequest[] {
  const envelopeId = newEnvelopeId(partitionOf(showId, partitions));
  return wishes.map((wish, place): BookingRequest => {
    const id = requestId(envelopeId, showId, place);
    const common = { id, show_id: showId, user_id: wish.user ?? 1, request_id: 'test' };
    return 'seats' in wish
      ? { kind: 'book', seats: wish.seats, ...common }
      : { kind: 'cancel', booking_id: wish.cancel, ...common, ...(wish.asAdmin && { as_admin: true }) };
  });
}
