import type { BookingView } from '@boxoffice/shared/contracts/booking';
import type { BookingRequest, Outcome, RequestKey } from '@boxoffice/shared/contracts/jobs';
import type { Problem } from '@boxoffice/shared/contracts/problems';
import type { SeatPlan } from '@boxoffice/shared/seats';

/** A booking as the database stores it. */
export interface BookingRow {
  id: string;
  showId: number;
  userId: number;
  seats: string[];
  status: BookingView['status'];
  createdAt: Date;
  cancelledAt: Date | null;
  cancelledBy: string | null;
}

/** A recorded outcome as the database stores it. */
export interface RequestRow {
  showId: number;
  id: string;
  userId: number;
  kind: BookingRequest['kind'];
  status: Outcome['status'];
  /** The booking that it made or cancelled, if it succeeded. */
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
  shows: ReadonlyMap<number, SeatPlan>;
  /** The recorded outcomes of these requests, and of the requests that their keys belong to. */
  recorded: readonly RequestRow[];
  /** Bookings that the requests name, that they made in an earlier run, and those of the recorded outcomes. */
  bookings: readonly BookingRow[];
  /** Live claims on the seats that the requests ask for. */
  claims: readonly { showId: number; seat: string; bookingId: string }[];
}

/** What must be written for the outcomes to be true. */
export interface Changes {
  booked: BookingRow[];
  cancelled: { showId: number; id: string; seats: string[]; cancelledBy: string }[];
  recorded: RequestRow[];
}

export interface Decision {
  /** One per request, in their order. */
  outcomes: Outcome[];
  changes: Changes;
}
