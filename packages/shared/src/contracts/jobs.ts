/**
 * What travels through a queue: an envelope of requests one way, their outcomes the other. Both sides
 * are ours and of one version, so these are types, not schemas: nothing is parsed twice on the way.
 */
import type { BookingView } from './booking.ts';
import type { Problem } from './problems.ts';

interface Asked {
  /** Fixed at the gateway; tells its way (booking-id.ts). */
  id: string;
  show_id: number;
  user_id: number;
  /** Id of the HTTP request that asked, for the logs. */
  request_id: string;
}

/** Books these seats, all or none. Labels, distinct, checked against the show by the gateway. */
export interface BookRequest extends Asked {
  kind: 'book';
  seats: string[];
}

/** Cancels a booking of `user_id`, or anyone's when an administrator asks. */
export interface CancelRequest extends Asked {
  kind: 'cancel';
  booking_id: string;
  as_admin?: true;
}

export type BookingRequest = BookRequest | CancelRequest;

/** One BullMQ job: requests of one partition, in the order in which they were accepted. */
export interface Envelope {
  requests: BookingRequest[];
  /** Redis channel on which the gateway that asked listens for the outcomes. */
  reply_to: string;
}

/** What became of one request. A rejection is an outcome; only a fault of the system is `failed`. */
export type Outcome =
  | { id: string; status: 'succeeded'; booking: BookingView }
  | { id: string; status: 'rejected' | 'failed'; problem: Problem };

/** A job's return value, and the message on `reply_to`: an outcome per request, in their order. */
export type Outcomes = Outcome[];

/**
 * Redis channel on which workers tell every gateway which shows' seats have changed, once it is
 * committed: a JSON array of show ids. A hint where to look and no more, so it may get lost.
 */
export const seatsChangedChannel = 'boxoffice:seats-changed';

/** A job's name on the operators' board: what it carries, at a glance. */
export function envelopeName(requests: readonly BookingRequest[]): string {
  const [only, second] = requests;
  if (only && !second) {
    const what = only.kind === 'book' ? `book ${only.seats.join(' ')}` : 'cancel';
    return `${what} · show ${only.show_id}`;
  }
  const shows = new Set(requests.map((request) => request.show_id)).size;
  return `${requests.length} requests · ${shows === 1 ? `show ${only?.show_id}` : `${shows} shows`}`;
}
