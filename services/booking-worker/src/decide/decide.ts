import { type BookingView, bookingView } from '@boxoffice/shared/contracts/booking';
import type { BookingRequest, BookRequest, CancelRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import { findSeat, type SeatPlan } from '@boxoffice/shared/seats';

/** A booking as the database has it. */
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

/** What a decision needs to know, as of now. */
export interface State {
  /** The database's clock. */
  now: Date;
  /** Shows that exist, by id. */
  shows: ReadonlyMap<number, SeatPlan>;
  /** Bookings that the requests name, that they made in an earlier run, or that they cancelled then. */
  bookings: readonly BookingRow[];
  /** Live claims on the seats that the requests ask for. */
  claims: readonly { showId: number; seat: string; bookingId: string }[];
}

/** What the database must do for the outcomes to be true. */
export interface Changes {
  booked: BookingRow[];
  cancelled: { showId: number; id: string; seats: string[]; cancelledBy: string }[];
}

export interface Decision {
  /** One per request, in their order. */
  outcomes: Outcome[];
  changes: Changes;
}

/**
 * Decides requests in the order in which they were accepted. Pure: the same requests and state give
 * the same decision, and so does a second run over what the first one wrote — it takes the state back
 * to before the requests, decides again, and leaves out of `changes` what is there already. That is
 * what makes a job that runs twice harmless, to winners and to losers.
 *
 * @param undone the requests whose earlier effects are taken back first; when an envelope is taken
 *   apart, these are the ones decided now and all behind them
 */
export function decide(requests: readonly BookingRequest[], state: State, undone = requests): Decision {
  const hall = new Hall(state, new Set(undone.map((request) => request.id)));
  const outcomes = requests.map((request) => (request.kind === 'book' ? hall.book(request) : hall.cancel(request)));
  return { outcomes, changes: hall.changes() };
}

const seatKey = (showId: number, seat: string) => `${showId} ${seat}`;

/** The seats and bookings as they stand while one request after the other is decided. */
class Hall {
  readonly #state: State;
  readonly #before = new Map<string, BookingRow>();
  readonly #bookings = new Map<string, BookingRow>();
  readonly #claims = new Map<string, string>();

  constructor(state: State, own: ReadonlySet<string>) {
    this.#state = state;
    for (const claim of state.claims) {
      if (!own.has(claim.bookingId)) this.#claims.set(seatKey(claim.showId, claim.seat), claim.bookingId);
    }
    for (const row of state.bookings) {
      this.#before.set(row.id, row);
      if (own.has(row.id)) continue; // booked by an earlier run of these requests: not yet, here
      const undone = row.cancelledBy !== null && own.has(row.cancelledBy);
      this.#bookings.set(row.id, undone ? { ...row, status: 'booked', cancelledAt: null, cancelledBy: null } : row);
      if (undone) for (const seat of row.seats) this.#claims.set(seatKey(row.showId, seat), row.id);
    }
  }

  book({ id, show_id: showId, user_id: userId, seats }: BookRequest): Outcome {
    const plan = this.#state.shows.get(showId);
    const before = this.#before.get(id);
    if (!before) {
      if (!plan) return rejected(id, problem('show_not_found', 'The show was taken off the programme.'));
      const unknown = seats.filter((seat) => findSeat(seat, plan) !== seat);
      if (unknown.length > 0)
        return rejected(id, problem('validation_failed', `The show has no seat ${unknown.join(', ')} any more.`));
    }
    const taken = seats.filter((seat) => this.#claims.has(seatKey(showId, seat)));
    if (taken.length > 0 && !before) {
      const detail = taken.length === 1 ? `Seat ${taken[0]} is taken.` : `Seats ${taken.join(', ')} are taken.`;
      return rejected(id, problem('seat_taken', detail, { seats: taken }));
    }
    const booking: BookingRow = {
      id,
      showId,
      userId,
      seats,
      status: 'booked',
      createdAt: before?.createdAt ?? this.#state.now,
      cancelledAt: null,
      cancelledBy: null,
    };
    this.#bookings.set(id, booking);
    for (const seat of seats) this.#claims.set(seatKey(showId, seat), id);
    return { id, status: 'succeeded', booking: bookingView(booking) };
  }

  cancel({ id, booking_id: bookingId, user_id: userId, as_admin: asAdmin }: CancelRequest): Outcome {
    const booking = this.#bookings.get(bookingId);
    if (!booking || (booking.userId !== userId && !asAdmin)) return rejected(id, problem('booking_not_found'));
    if (booking.status !== 'booked') return { id, status: 'succeeded', booking: bookingView(booking) };
    const before = this.#before.get(bookingId);
    const cancelledAt = before?.cancelledBy === id && before.cancelledAt ? before.cancelledAt : this.#state.now;
    const cancelled: BookingRow = { ...booking, status: 'cancelled', cancelledAt, cancelledBy: id };
    this.#bookings.set(bookingId, cancelled);
    for (const seat of booking.seats) {
      const key = seatKey(booking.showId, seat);
      if (this.#claims.get(key) === bookingId) this.#claims.delete(key);
    }
    return { id, status: 'succeeded', booking: bookingView(cancelled) };
  }

  /** The difference between the bookings as they stand now and as the database has them. */
  changes(): Changes {
    const changes: Changes = { booked: [], cancelled: [] };
    for (const row of this.#bookings.values()) {
      const before = this.#before.get(row.id);
      if (!before) changes.booked.push(row);
      else if (row.status === 'cancelled' && before.status === 'booked' && row.cancelledBy) {
        changes.cancelled.push({ showId: row.showId, id: row.id, seats: row.seats, cancelledBy: row.cancelledBy });
      }
    }
    return changes;
  }
}

function rejected(id: string, why: ReturnType<typeof problem>): Outcome {
  return { id, status: 'rejected', problem: why };
}
