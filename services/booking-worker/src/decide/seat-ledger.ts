import { bookingView } from '@boxoffice/shared/contracts/booking';
import type { BookRequest, CancelRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import { findSeat } from '@boxoffice/shared/seats';
import type { BookingRow, Changes, State } from './state.ts';

/** The seats and bookings while requests are decided one after another. */
export class SeatLedger {
  readonly #state: State;
  /** Bookings as the database stores them. */
  readonly #stored = new Map<string, BookingRow>();
  /** Bookings after the requests decided so far. */
  readonly #bookings = new Map<string, BookingRow>();
  /** Which booking claims a seat, by `seatKey`. */
  readonly #claims = new Map<string, string>();

  /** @param undecided ids of requests whose effects are left out, in case an earlier run stored them */
  constructor(state: State, undecided: ReadonlySet<string>) {
    this.#state = state;
    for (const claim of state.claims) {
      if (!undecided.has(claim.bookingId)) this.#claims.set(seatKey(claim.showId, claim.seat), claim.bookingId);
    }
    for (const row of state.bookings) {
      this.#stored.set(row.id, row);
      if (undecided.has(row.id)) continue; // booked by an earlier run
      const cancelledEarlier = row.cancelledBy !== null && undecided.has(row.cancelledBy);
      if (cancelledEarlier) {
        this.#bookings.set(row.id, { ...row, status: 'booked', cancelledAt: null, cancelledBy: null });
        for (const seat of row.seats) this.#claims.set(seatKey(row.showId, seat), row.id);
      } else {
        this.#bookings.set(row.id, row);
      }
    }
  }

  book({ id, show_id: showId, user_id: userId, seats }: BookRequest): Outcome {
    const stored = this.#stored.get(id);
    // A request that an earlier run booked is booked again, whatever has become of its show since.
    const rejection = stored ? null : this.#rejection(showId, seats);
    if (rejection) return { id, status: 'rejected', problem: rejection };
    const booking: BookingRow = {
      id,
      showId,
      userId,
      seats,
      status: 'booked',
      createdAt: stored?.createdAt ?? this.#state.now,
      cancelledAt: null,
      cancelledBy: null,
    };
    this.#bookings.set(id, booking);
    for (const seat of seats) this.#claims.set(seatKey(showId, seat), id);
    return { id, status: 'succeeded', booking: bookingView(booking) };
  }

  cancel({ id, booking_id: bookingId, user_id: userId, as_admin: asAdmin }: CancelRequest): Outcome {
    const booking = this.#bookings.get(bookingId);
    if (!booking || (booking.userId !== userId && !asAdmin))
      return { id, status: 'rejected', problem: problem('booking_not_found') };
    if (booking.status !== 'booked') return { id, status: 'succeeded', booking: bookingView(booking) };
    const stored = this.#stored.get(bookingId);
    const cancelledAt = stored?.cancelledBy === id && stored.cancelledAt ? stored.cancelledAt : this.#state.now;
    const cancelled: BookingRow = { ...booking, status: 'cancelled', cancelledAt, cancelledBy: id };
    this.#bookings.set(bookingId, cancelled);
    for (const seat of booking.seats) {
      const key = seatKey(booking.showId, seat);
      if (this.#claims.get(key) === bookingId) this.#claims.delete(key);
    }
    return { id, status: 'succeeded', booking: bookingView(cancelled) };
  }

  /** The difference between the bookings after these requests and those in the database. */
  changes(): Changes {
    const changes: Changes = { booked: [], cancelled: [] };
    for (const row of this.#bookings.values()) {
      const stored = this.#stored.get(row.id);
      if (!stored) changes.booked.push(row);
      else if (row.status === 'cancelled' && stored.status === 'booked' && row.cancelledBy) {
        changes.cancelled.push({ showId: row.showId, id: row.id, seats: row.seats, cancelledBy: row.cancelledBy });
      }
    }
    return changes;
  }

  /** Why these seats cannot be booked now, or null when they can. */
  #rejection(showId: number, seats: readonly string[]): ReturnType<typeof problem> | null {
    const plan = this.#state.shows.get(showId);
    if (!plan) return problem('show_not_found', 'The show was taken off the programme.');
    const unknown = seats.filter((seat) => findSeat(seat, plan) !== seat);
    if (unknown.length > 0) return problem('validation_failed', `The show has no seat ${unknown.join(', ')} any more.`);
    const taken = seats.filter((seat) => this.#claims.has(seatKey(showId, seat)));
    if (taken.length === 0) return null;
    const detail = taken.length === 1 ? `Seat ${taken[0]} is taken.` : `Seats ${taken.join(', ')} are taken.`;
    return problem('seat_taken', detail, { seats: taken });
  }
}

const seatKey = (showId: number, seat: string) => `${showId} ${seat}`;
