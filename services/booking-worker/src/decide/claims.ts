import { FreeSeats } from '@boxoffice/shared/free-seats';
import type { Seat } from '@boxoffice/shared/layout';
import type { BookingRow, ClaimRow } from './state.ts';

/** Who has which seat while requests are decided one after another. A hold that has ended claims nothing. */
export class Claims {
  readonly #now: Date;
  readonly #shows = new Map<number, Map<string, ClaimRow>>();
  readonly #free = new Map<number, FreeSeats>();

  constructor(rows: readonly ClaimRow[], now: Date) {
    this.#now = now;
    for (const row of rows) this.#ofShow(row.showId).set(row.seat, row);
  }

  /**
   * Whether someone has a seat.
   *
   * @param released bookings whose seats count as free
   */
  isTaken(showId: number, seat: string, released: readonly string[]): boolean {
    const claim = this.#shows.get(showId)?.get(seat);
    return claim !== undefined && this.#counts(claim, released);
  }

  /**
   * The free seats of a show, always as they are now.
   *
   * @param seats all its seats
   */
  freeSeats(showId: number, seats: readonly Seat[]): FreeSeats {
    const known = this.#free.get(showId) ?? new FreeSeats(seats, (seat) => this.isTaken(showId, seat, []));
    this.#free.set(showId, known);
    return known;
  }

  /** The number of seats that a user has. */
  countOf(showId: number, userId: number, released: readonly string[]): number {
    let count = 0;
    for (const claim of this.#ofShow(showId).values())
      if (claim.userId === userId && this.#counts(claim, released)) count++;
    return count;
  }

  /** The user's holds that have not ended. */
  holdsOf(showId: number, userId: number): string[] {
    const claims = [...this.#ofShow(showId).values()];
    const holds = claims.filter((claim) => claim.userId === userId && claim.expiresAt && this.#counts(claim, []));
    return [...new Set(holds.map((claim) => claim.bookingId))];
  }

  /** Gives a booking its seats. Returns the holds that have ended and whose seats are among them. */
  add({ id: bookingId, showId, userId, seats, status, expiresAt: end }: BookingRow): string[] {
    const claims = this.#ofShow(showId);
    const free = this.#free.get(showId);
    const expiresAt = status === 'held' ? end : null;
    const ended: string[] = [];
    for (const seat of seats) {
      const holder = claims.get(seat)?.bookingId;
      if (holder !== undefined && holder !== bookingId && !ended.includes(holder)) ended.push(holder);
      claims.set(seat, { showId, seat, bookingId, userId, expiresAt });
      free?.seatChanged(seat);
    }
    return ended;
  }

  /** Takes from a booking the seats that are still its own. */
  remove({ id, showId, seats }: Pick<BookingRow, 'id' | 'showId' | 'seats'>): void {
    const claims = this.#ofShow(showId);
    for (const seat of seats) {
      if (claims.get(seat)?.bookingId !== id) continue;
      claims.delete(seat);
      this.#free.get(showId)?.seatChanged(seat);
    }
  }

  #counts({ expiresAt, bookingId }: ClaimRow, released: readonly string[]): boolean {
    return (expiresAt === null || expiresAt > this.#now) && !released.includes(bookingId);
  }

  #ofShow(showId: number): Map<string, ClaimRow> {
    const known = this.#shows.get(showId);
    if (known) return known;
    const claims = new Map<string, ClaimRow>();
    this.#shows.set(showId, claims);
    return claims;
  }
}
