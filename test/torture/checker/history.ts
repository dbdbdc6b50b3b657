/** The input to the checker: what clients observed and what the database holds. All times are milliseconds on one monotonic clock. */

/** The final answer to one request. */
export interface Outcome {
  status: 'succeeded' | 'rejected' | 'failed';
  /** Why not. */
  code?: string | undefined;
  /** Seats that were taken, when that is why. */
  taken?: string[] | undefined;
  /** The id of the booking that it made or cancelled, where the answer gives one. */
  booking?: string | undefined;
}

/** One observation of a request by a client. */
export interface Sighting {
  /** When the answer was asked for, and when it came. */
  asked: number;
  told: number;
  /** `unknown job` is a 404. */
  what: Outcome | 'pending' | 'unknown job';
  by: 'answer' | 'poll' | 'stream' | 'booking';
  gateway: number;
}

/** One request of a client, with every attempt to place it. A retry without a key is another operation. */
export interface Operation {
  number: number;
  kind: 'book' | 'cancel';
  show: number;
  user: number;
  /** Asked for. Of a cancel: those of its booking. */
  seats: string[];
  /** Of a cancel: the booking's id. */
  target: string | null;
  key: string | null;
  /** When the first attempt was sent. */
  called: number;
  /** When the first answer came that said the request had been accepted; null: none said so. */
  accepted: number | null;
  /** Ids that answers gave this request. More than one is a violation. */
  ids: string[];
  /** An id that a refusal named, in case it was accepted after all. */
  possibleIds: string[];
  /** Attempts after which it may have been accepted, though no answer said so. */
  unknown: number;
  sightings: Sighting[];
  /** Waits that ended without the outcome. */
  waits: { asked: number; told: number; gateway: number }[];
}

/** A row of `booking.bookings`. */
export interface BookingRow {
  id: string;
  show: number;
  user: number;
  seats: string[];
  status: string;
  cancelledBy: string | null;
  /** When it was decided, by the database's clock. */
  decided: number;
}

/** A row of `booking.seat_claims`. */
export interface ClaimRow {
  show: number;
  seat: string;
  booking: string;
}

/** A row of `booking.requests`: a recorded outcome. */
export interface OutcomeRow {
  id: string;
  show: number;
  user: number;
  kind: Operation['kind'];
  status: Outcome['status'];
  /** Why not; null when it succeeded. */
  code: string | null;
  /** The booking that it made or cancelled. */
  booking: string | null;
  /** A digest of the Idempotency-Key that belongs to this request. */
  key: string | null;
}

export interface History {
  operations: Operation[];
  bookings: BookingRow[];
  claims: ClaimRow[];
  outcomes: OutcomeRow[];
}

/** A broken promise. */
export interface Violation {
  /** Which promise, e.g. `order`. */
  rule: string;
  /** One sentence about what happened. */
  text: string;
  show?: number;
  seats?: string[];
  /** The operations that prove it, shown with the violation. */
  operations?: Operation[];
  /** When it was noticed; default: when the last of its operations was answered. */
  at?: number;
}

/** The outcome that a request was first seen to have. */
export function outcomeOf(operation: Operation): Outcome | null {
  for (const { what } of operation.sightings) if (typeof what === 'object') return what;
  return null;
}

/** The booking itself may have changed since; which one it is may not. */
export function sameOutcome(one: Outcome, other: Outcome): boolean {
  const sameBooking = one.booking === undefined || other.booking === undefined || one.booking === other.booking;
  return one.status === other.status && one.code === other.code && sameBooking;
}
