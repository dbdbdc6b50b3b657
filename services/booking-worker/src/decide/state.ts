import type { BookingView } from '@boxoffice/shared/contracts/booking';
import type { Outcome } from '@boxoffice/shared/contracts/jobs';
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

/** What a decision depends on, from one snapshot of the database. */
export interface State {
  /** The database's clock. */
  now: Date;
  /** The shows that exist, by id. */
  shows: ReadonlyMap<number, SeatPlan>;
  /** Bookings that the requests name, or that they made or cancelled in an earlier run. */
  bookings: readonly BookingRow[];
  /** Live claims on the seats that the requests ask for. */
  claims: readonly { showId: number; seat: string; bookingId: string }[];
}

/** What must be written for the outcomes to be true. */
export interface Changes {
  booked: BookingRow[];
  cancelled: { showId: number; id: string; seats: string[]; cancelledBy: string }[];
}

export interface Decision {
  /** One per request, in their order. */
  outcomes: Outcome[];
  changes: Changes;
}
