/**
 * The contents of a queue: an envelope of requests in one direction, their outcomes in the other. They are types, not
 * schemas: nothing is validated again. The two sides may be of consecutive releases, hence `version` (decision 20).
 */
import type { BookingView, PaidWith, SeatPreferences } from './booking.ts';
import type { Problem } from './problems.ts';

/** An Idempotency-Key belongs to one request of one user for one show. Both are 16 bytes in base64url. */
export interface RequestKey {
  /** SHA-256 of the key as the client sent it, truncated. */
  hash: string;
  /** SHA-256 of the method, path and body as the client sent them, truncated: a repeat has the same. */
  fingerprint: string;
}

interface Asked {
  /** Assigned by the gateway; encodes the route (booking-id.ts). */
  id: string;
  show_id: number;
  user_id: number;
  /** The id of the HTTP request, for the logs. */
  request_id: string;
  /** The span that queued it, if the request is traced (W3C Trace Context). */
  traceparent?: string;
  /** The Idempotency-Key, if the request has one. */
  key?: RequestKey;
}

/** Books these seats, all or none. `seats` are distinct labels, checked against the show by the gateway. */
export interface BookRequest extends Asked {
  kind: 'book';
  seats: string[];
}

/** Holds these seats, or the best that are free when the request is decided, until `hold_seconds` later. */
export interface HoldRequest extends Asked {
  kind: 'hold';
  wish: { seats: string[] } | { best: SeatPreferences };
  hold_seconds: number;
  /** What the seats must cost, in minor units. */
  expected_total?: number;
  /** Releases the user's other holds on the show, if these seats can be held. */
  replace?: true;
}

/** A payment that its provider has authorised, with what it reported. */
export interface AuthorizedPayment {
  id: string;
  /** In minor units. */
  amount: number;
  currency: string;
}

/** Turns a hold of `user_id` into a booking. */
export interface ConfirmRequest extends Asked {
  kind: 'confirm';
  booking_id: string;
  /** What it is paid with, on a show that is paid for online. */
  payment?: AuthorizedPayment;
}

/** Begins the payment of a hold of `user_id`, which then lasts at least this long; once. */
export interface CheckoutRequest extends Asked {
  kind: 'checkout';
  booking_id: string;
  payment_seconds: number;
}

/** Marks a booking as paid at the counter. `user_id` is the administrator. */
export interface PayRequest extends Asked {
  kind: 'pay';
  booking_id: string;
  paid_with: PaidWith;
}

/** Cancels a booking of `user_id`, or of any user on behalf of an administrator. */
export interface CancelRequest extends Asked {
  kind: 'cancel';
  booking_id: string;
  as_admin?: true;
  /** Why, when it is an administrator's doing. */
  reason?: string;
}

export type BookingRequest = BookRequest | HoldRequest | ConfirmRequest | CancelRequest | PayRequest | CheckoutRequest;

/**
 * The version of the envelopes that this release sends, and the newest that its workers understand. Raise it when a worker
 * of the previous release would misread them; not for a new kind of request, which it recognizes as unknown. Workers also
 * understand the previous version, and send outcomes that gateways of the previous release can read.
 */
export const envelopeVersion = 1;

const requestKinds: Record<BookingRequest['kind'], true> = {
  ...{ book: true, hold: true, confirm: true, cancel: true, pay: true, checkout: true },
};

/** Whether a worker can decide an envelope. If not, only a worker of a later release can. */
export function isUnderstood({ version = 1, requests }: Envelope, newest = envelopeVersion): boolean {
  return version <= newest && requests.every(({ kind }) => Object.hasOwn(requestKinds, kind));
}

/** One BullMQ job: requests of one partition, in the order in which they were accepted. */
export interface Envelope {
  /** Absent from envelopes of releases before 0.2, which have version 1. */
  version?: number;
  requests: BookingRequest[];
  /** The Redis channel on which the sending gateway listens for the outcomes. */
  reply_to: string;
}

export const outcomeStatuses = ['succeeded', 'rejected', 'failed'] as const;

/** The outcome of one request. A rejection is an outcome; only a fault of the system is `failed`. */
export type Outcome =
  | { id: string; status: 'succeeded'; booking: BookingView }
  | { id: string; status: 'rejected' | 'failed'; problem: Problem };

/** The message on `reply_to`: an outcome per request, in their order. PostgreSQL keeps them: nobody depends on it. */
export type Outcomes = Outcome[];

/** A job's return value, for the operators' board: its requests by status. */
export type EnvelopeSummary = Partial<Record<Outcome['status'], number>>;

/**
 * The Redis channel on which workers tell every gateway which shows have changed seats, after the commit: a
 * JSON array of show ids. It only prompts gateways to read again, so a message may get lost.
 */
export const seatsChangedChannel = 'boxoffice:seats-changed';

/** A job's name on the operators' board: its contents at a glance. */
export function envelopeName(requests: readonly BookingRequest[]): string {
  const [only, second] = requests;
  if (only && !second) {
    return `${requestName(only)} · show ${only.show_id}`;
  }
  const shows = new Set(requests.map((request) => request.show_id)).size;
  return `${requests.length} requests · ${shows === 1 ? `show ${only?.show_id}` : `${shows} shows`}`;
}

function requestName(request: BookingRequest): string {
  if (request.kind === 'book') return `book ${request.seats.join(' ')}`;
  if (request.kind !== 'hold') return request.kind;
  return 'seats' in request.wish ? `hold ${request.wish.seats.join(' ')}` : `hold best ${request.wish.best.count}`;
}
