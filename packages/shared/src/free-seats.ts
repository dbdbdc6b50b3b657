import { type Hall, hallOf, rowNumberOf } from './hall.ts';
import type { Seat } from './layout.ts';
import { RowGroups, type SeatKindWish } from './row-groups.ts';

/**
 * Which seats of a hall are free. What it has found out about a row it keeps until a seat of the row changes: when a
 * hundred people want the best seats in one turn, most rows are examined once.
 */
export class FreeSeats {
  readonly hall: Hall;
  readonly #isTaken: (label: string) => boolean;
  readonly #free: (Uint8Array | undefined)[] = [];
  readonly #groups = new Map<string, (RowGroups | undefined)[]>();

  /**
   * @param seats all seats of the hall, row by row from the front
   * @param isTaken by label
   */
  constructor(seats: readonly Seat[], isTaken: (label: string) => boolean) {
    this.hall = hallOf(seats);
    this.#isTaken = isTaken;
  }

  /** The groups that are possible in each row. */
  groups({ category, accessible }: SeatKindWish): (row: number) => RowGroups {
    const key = `${accessible ?? false} ${category ?? ''}`;
    const known = this.#groups.get(key) ?? [];
    this.#groups.set(key, known);
    return (row) => {
      known[row] ??= new RowGroups(this.hall, row, this.#freeIn(row), { category, accessible });
      return known[row];
    };
  }

  /** To be called after a seat was taken or became free. */
  seatChanged(label: string): void {
    const row = rowNumberOf(label, this.hall);
    if (row === undefined) return;
    this.#free[row] = undefined;
    for (const known of this.#groups.values()) known[row] = undefined;
  }

  #freeIn(row: number): Uint8Array {
    const known = this.#free[row];
    if (known) return known;
    const seats = this.hall.rows[row] ?? [];
    const free = new Uint8Array(seats.length);
    for (const [place, seat] of seats.entries()) if (!this.#isTaken(seat.label)) free[place] = 1;
    this.#free[row] = free;
    return free;
  }
}
