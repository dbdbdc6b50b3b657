import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { BookingRequest } from '@boxoffice/shared/contracts/jobs';
import { partitionOf } from '@boxoffice/shared/partition';

export type Wish = { user?: number } & (
  | { seats: string[] }
  | { cancel: string; asAdmin?: true }
  | (HoldOptions & { hold: string[] | { count: number } })
  | { confirm: string }
  | { pay: string }
);

interface HoldOptions {
  /** 600 by default. */
  seconds?: number;
  expected_total?: number;
  replace?: true;
}

/** The requests of an envelope as the gateway would create them, for user 1 by default. */
export function envelope(showId: number, wishes: Wish[], partitions = 8): BookingRequest[] {
  const envelopeId = newEnvelopeId(partitionOf(showId, partitions));
  return wishes.map((wish, place): BookingRequest => {
    const id = requestId(envelopeId, showId, place);
    const common = { id, show_id: showId, user_id: wish.user ?? 1, request_id: 'test' };
    if ('seats' in wish) return { kind: 'book', seats: wish.seats, ...common };
    if ('confirm' in wish) return { kind: 'confirm', booking_id: wish.confirm, ...common };
    if ('pay' in wish) return { kind: 'pay', booking_id: wish.pay, paid_with: 'cash', ...common };
    if ('cancel' in wish)
      return { kind: 'cancel', booking_id: wish.cancel, ...common, ...(wish.asAdmin && { as_admin: true }) };
    return { ...holdOf(wish), ...common };
  });
}

function holdOf({ hold, seconds = 600, ...options }: HoldOptions & { hold: string[] | { count: number } }) {
  const { expected_total, replace } = options;
  return {
    kind: 'hold' as const,
    wish: Array.isArray(hold) ? { seats: hold } : { best: hold },
    hold_seconds: seconds,
    ...(expected_total !== undefined && { expected_total }),
    ...(replace && { replace }),
  };
}
