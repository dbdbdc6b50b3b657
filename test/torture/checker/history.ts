/** The input to the checker: what clients observed and what the database holds. All times are milliseconds on one monotonic clock. */

/** The final answer to one request. */
export interface Outcome {
  status: 'succeeded' | 'rejected' | 'failed';
  /** Why not. */
  code?: string | undefined;
  /** Seats that were taken, when that is why. */
  taken?: string[] | undefined;
  /** The id of the booking that it made or changed, where the answer gives one. */
  booking?: string | undefined;
  /** When the hold that it made ends, by the database's clock. */
  expires?: number | undefined;
}

/** `checkout`: begins an online payment. */
export type Kind = 'book' | 'hold' | 'confirm' | 'cancel' | 'pay' | 'checkout';

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
  kind: Kind;
  show: number;
  user: number;
  /** Asked for; none if the best were. Of a change: those of its booking. */
  seats: string[];
  /** How many of the best seats were asked for; null: seats were named. */
  best?: number | null;
  /** Whether the user's other holds are to be released. */
  replaces?: boolean;
  /** What the seats may cost. */
  expectedTotal?: number | null;
  /** Of a change: the booking's id. */
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
  /** When the hold that it began as ends or ended; null: it was booked immediately. */
  expires: number | null;
  /** When it would have ended if its payment had not begun; null: none has. */
  heldUntil: number | null;
  confirmedBy: string | null;
  cancelled: number | null;
  cancelReason: string | null;
  paid: boolean;
  total: number | null;
  currency: string | null;
  /** The online payment that booked it. */
  payment: string | null;
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
  kind: Kind;
  status: Outcome['status'];
  /** Why not; null when it succeeded. */
  code: string | null;
  /** The booking that it made or changed. */
  booking: string | null;
  /** When it was decided, by the database's clock. */
  decided: number;
  /** Seats that were taken, when that is why. */
  taken: string[] | null;
  /** A digest of the Idempotency-Key that belongs to this request. */
  key: string | null;
}

/** The rules of a show, which stay as they are during a round, and its cancellation. */
export interface Show {
  id: number;
  /** Of each seat, in minor units; null: free. */
  price: number | null;
  /** Seats that a user may have. */
  limit: number | null;
  /** When an administrator first asked for it to be cancelled, and was first told that it is; null: never. */
  cancellation: { called: number; accepted: number | null; reason: string } | null;
  /** Whether it is paid for online: then payments confirm its holds. */
  isOnline: boolean;
}

/** A row of `booking.payment_verdicts`: what the show's line decided about a payment. */
export interface VerdictRow {
  payment: string;
  show: number;
  booking: string;
  /** Why it was refused; null when it booked the seats. */
  code: string | null;
  decided: number;
}

export interface History {
  operations: Operation[];
  bookings: BookingRow[];
  claims: ClaimRow[];
  outcomes: OutcomeRow[];
  verdicts: VerdictRow[];
  /** Those with rules; all others are free, without a limit. */
  shows: Show[];
  /** When the rows were read, by the database's clock. */
  readAt: number;
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

/** Whether requests of this kind make bookings. */
export const makesBooking = ({ kind }: { kind: Kind }): boolean => kind === 'book' || kind === 'hold';

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
