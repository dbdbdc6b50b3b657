/** The seats of a show. People take the best ones first. */
import { seatAt } from '@boxoffice/shared/seats';

export class Seating {
  readonly #hall: { totalSeats: number; seatsPerRow: number };
  readonly #random: () => number;
  /** By running number, from 0. */
  readonly #taken: boolean[];
  #free: number;

  constructor(hall: { totalSeats: number; seatsPerRow: number }, random: () => number) {
    this.#hall = hall;
    this.#random = random;
    this.#taken = Array.from({ length: hall.totalSeats }, () => false);
    this.#free = hall.totalSeats;
  }

  get free(): number {
    return this.#free;
  }

  /**
   * Takes `count` adjacent seats of one row; fewer when no row has that many left.
   *
   * @returns their labels; none when the show is full
   */
  take(count: number): string[] {
    for (let size = count; size > 0; size--) {
      const first = this.#bestBlock(size);
      if (first === null) continue;
      this.#taken.fill(true, first, first + size);
      this.#free -= size;
      const plan = { total_seats: this.#hall.totalSeats, seats_per_row: this.#hall.seatsPerRow };
      return Array.from({ length: size }, (_, i) => seatAt(first + i + 1, plan).label);
    }
    return [];
  }

  /** The first of the free seats nearest to the middle of a row two thirds of the way back, with some noise. */
  #bestBlock(size: number): number | null {
    const { totalSeats, seatsPerRow } = this.#hall;
    const bestRow = (totalSeats / seatsPerRow) * 0.65;
    let best: number | null = null;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let first = 0; first + size <= totalSeats; first++) {
      const inRow = first % seatsPerRow;
      if (inRow + size > seatsPerRow || this.#taken.slice(first, first + size).includes(true)) continue;
      const fromMiddle = Math.abs(inRow + size / 2 - seatsPerRow / 2);
      const fromBestRow = Math.abs(Math.floor(first / seatsPerRow) - bestRow);
      const cost = fromMiddle + 0.8 * fromBestRow + 3 * this.#random();
      if (cost < bestCost) [best, bestCost] = [first, cost];
    }
    return best;
  }
}
