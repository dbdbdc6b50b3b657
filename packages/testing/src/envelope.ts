import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { BookingRequest } from '@boxoffice/shared/contracts/jobs';
import { partitionOf } from '@boxoffice/shared/partition';

export type Wish = { seats: string[]; user?: number } | { cancel: string; user?: number; asAdmin?: true };

/** The requests of an envelope as the gateway would fill it, for user 1 unless said otherwise. */
export function envelope(showId: number, wishes: Wish[], partitions = 8): BookingRequest[] {
  const envelopeId = newEnvelopeId(partitionOf(showId, partitions));
  return wishes.map((wish, place): BookingRequest => {
    const id = requestId(envelopeId, showId, place);
    const asked = { id, show_id: showId, user_id: wish.user ?? 1, request_id: 'test' };
    return 'seats' in wish
      ? { kind: 'book', seats: wish.seats, ...asked }
      : { kind: 'cancel', booking_id: wish.cancel, ...asked, ...(wish.asAdmin && { as_admin: true }) };
  });
}
