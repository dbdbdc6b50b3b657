import type { BookingColumns, BookingItem, PaidWith } from '@boxoffice/shared/contracts/booking';
import type { BookingRequest, Outcome, RequestKey } from '@boxoffice/shared/contracts/jobs';
import type { Problem } from '@boxoffice/shared/contracts/problems';
import type { SeatPlan } from '@boxoffice/shared/seats';

/** A booking as the database stores it. */
export interface BookingRow extends BookingColumns {
  userId: number;
  cancelledAt: Date | null;
  cancelledBy: string | null;
  cancelReason: string | null;
  /** When the hold that this booking began as ends or ended; null for one that was booked immediately. */
  expiresAt: Date | null;
  items: BookingItem[] | null;
  total: number | null;
  currency: string | null;
  code: string | null;
  /** The request that confirmed the hold. */
  confirmedBy: string | null;
  paidAt: Date | null;
  /** The administrator who took the money. */
  paidBy: number | null;
  paidWith: PaidWith | null;
}

/** A show and its rules as the database stores them. */
export interface ShowRow extends SeatPlan {
  startsAt: Date;
  isCancelled: boolean;
  payment: 'free' | 'counter' | 'online';
  /** By category, in minor units; null when the show is free. */
  prices: Readonly<Record<string, number>> | null;
  currency: string | null;
  salesOpenAt: Date | null;
  salesCloseAt: Date | null;
  maxSeatsPerUser: number | null;
  forbidSingleSeats: boolean;
}

/** A claim on a seat as the database stores it. A hold that has ended may still have its claims. */
export interface ClaimRow {
  showId: number;
  seat: string;
  bookingId: string;
  userId: number | null;
  /** When the hold ends; null for a booking. */
  expiresAt: Date | null;
}

/** A recorded outcome as the database stores it. */
export interface RequestRow {
  showId: number;
  id: string;
  userId: number;
  kind: BookingRequest['kind'];
  status: Outcome['status'];
  /** The booking that it made or changed, if it succeeded. */
  bookingId: string | null;
  /** Why it did not succeed. */
  problem: Problem | null;
  /** The Idempotency-Key that belongs to this request. */
  key: RequestKey | null;
}

/** What a decision depends on, from one snapshot of the database. */
export interface State {
  /** The database's clock. */
  now: Date;
  /** The shows that exist, by id. */
  shows: ReadonlyMap<number, ShowRow>;
  /** The recorded outcomes of these requests, and of the requests that their keys belong to. */
  recorded: readonly RequestRow[];
  /**
   * Bookings that the requests name, that they made in an earlier run, and those of the recorded outcomes; of the
   * claims, the bookings of holds that have ended and of holds to be replaced.
   */
  bookings: readonly BookingRow[];
  /**
   * The claims on the seats that the requests ask for or that the bookings to be confirmed had. Where a rule takes
   * more, also those of the users, or all claims of the show.
   */
  claims: readonly ClaimRow[];
}

/** A change that an administrator's request made. */
export interface AuditLine {
  showId: number;
  /** The request. */
  id: string;
  actorId: number;
  requestId: string;
  action: 'cancel' | 'pay';
  bookingId: string;
  before: object;
  after: object;
}

/** What must be written for the outcomes to be true. */
export interface Changes {
  /** New bookings. Those that are held or booked claim their seats. */
  made: BookingRow[];
  /** Bookings as they are now, and the status that they had. Their claims follow from the two. */
  changed: { row: BookingRow; from: BookingRow['status'] }[];
  recorded: RequestRow[];
  audited: AuditLine[];
}

export interface Decision {
  /** One per request, in their order. */
  outcomes: Outcome[];
  changes: Changes;
}

export function isLive({ status }: Pick<BookingRow, 'status'>): boolean {
  return status === 'held' || status === 'booked';
}
