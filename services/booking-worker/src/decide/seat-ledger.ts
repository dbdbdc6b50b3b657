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

  constructor(state: State) {
    this.#state = state;
    for (const claim of state.claims) this.#claims.set(seatKey(claim.showId, claim.seat), claim.bookingId);
    for (const row of state.bookings) {
      this.#stored.set(row.id, row);
      this.#bookings.set(row.id, row);
    }
  }

  find(bookingId: string): BookingRow | null {
    return this.#bookings.get(bookingId) ?? null;
  }

  /** A booking as it was when it was made. */
  asBooked(bookingId: string): BookingRow | null {
    const booking = this.find(bookingId);
    return booking && { ...booking, status: 'booked', cancelledAt: null, cancelledBy: null };
  }

  book({ id, show_id: showId, user_id: userId, seats }: BookRequest): Outcome {
    const rejection = this.#rejection(showId, seats);
    if (rejection) return { id, status: 'rejected', problem: rejection };
    const booking: BookingRow = {
      id,
      showId,
      userId,
      seats,
      status: 'booked',
      createdAt: this.#state.now,
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
    const cancelled: BookingRow = {
      ...booking,
      status: 'cancelled',
      cancelledAt: this.#state.now,
      cancelledBy: id,
    };
    this.#bookings.set(bookingId, cancelled);
    for (const seat of booking.seats) {
      const key = seatKey(booking.showId, seat);
      if (this.#claims.get(key) === bookingId) this.#claims.delete(key);
    }
    return { id, status: 'succeeded', booking: bookingView(cancelled) };
  }

  /** The difference between the bookings after these requests and those in the database. */
  changes(): Pick<Changes, 'booked' | 'cancelled'> {
    const changes: Pick<Changes, 'booked' | 'cancelled'> = { booked: [], cancelled: [] };
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
