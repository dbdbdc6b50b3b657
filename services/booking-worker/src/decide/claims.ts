import type { BookingRow, ClaimRow } from './state.ts';

/** Who has which seat while requests are decided one after another. A hold that has ended claims nothing. */
export class Claims {
  readonly #now: Date;
  readonly #shows = new Map<number, Map<string, ClaimRow>>();

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
  add({ id, showId, userId, seats, status, expiresAt }: BookingRow): string[] {
    const claims = this.#ofShow(showId);
    const ended = new Set<string>();
    for (const seat of seats) {
      const holder = claims.get(seat)?.bookingId;
      if (holder !== undefined && holder !== id) ended.add(holder);
      claims.set(seat, { showId, seat, bookingId: id, userId, expiresAt: status === 'held' ? expiresAt : null });
    }
    return [...ended];
  }

  /** Takes from a booking the seats that are still its own. */
  remove({ id, showId, seats }: Pick<BookingRow, 'id' | 'showId' | 'seats'>): void {
    const claims = this.#ofShow(showId);
    for (const seat of seats) if (claims.get(seat)?.bookingId === id) claims.delete(seat);
  }

  #counts({ expiresAt, bookingId }: ClaimRow, released: readonly string[]): boolean {
    return (expiresAt === null || expiresAt > this.#now) && !released.includes(bookingId);
  }

  #ofShow(showId: number): Map<string, ClaimRow> {
    const known = this.#shows.get(showId) ?? new Map<string, ClaimRow>();
    this.#shows.set(showId, known);
    return known;
  }
}
