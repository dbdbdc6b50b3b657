/** The seats of a show. People take the best ones first. */
import type { Seat } from '@boxoffice/shared/layout';
import { allSeats, type SeatPlan } from '@boxoffice/shared/seats';

/** The penalty for taking an accessible seat, as a distance in seats. */
const accessiblePenalty = 25;

export class Seating {
  readonly #seats: readonly Seat[];
  /** Row numbers, from 0, by label. */
  readonly #rows: ReadonlyMap<string, number>;
  readonly #width: number;
  readonly #random: () => number;
  readonly #taken = new Set<Seat>();

  constructor(plan: SeatPlan, random: () => number) {
    this.#seats = allSeats(plan);
    this.#rows = new Map([...new Set(this.#seats.map(({ row }) => row))].map((row, index) => [row, index]));
    this.#width = plan.seats_per_row;
    this.#random = random;
  }

  get free(): number {
    return this.#seats.length - this.#taken.size;
  }

  /**
   * Takes `count` adjacent seats of one row; fewer when no row has that many left.
   *
   * @returns the seats; none when the show is full
   */
  take(count: number): Seat[] {
    for (let size = count; size > 0; size--) {
      const block = this.#bestBlock(size);
      if (!block) continue;
      for (const seat of block) this.#taken.add(seat);
      return block;
    }
    return [];
  }

  /** Adjacent free seats near the middle of a row two thirds of the way back, with some noise. */
  #bestBlock(size: number): Seat[] | null {
    let best: Seat[] | null = null;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let first = 0; first + size <= this.#seats.length; first++) {
      const block = this.#seats.slice(first, first + size);
      if (!isAdjacent(block) || block.some((seat) => this.#taken.has(seat))) continue;
      const cost = this.#distance(block) + 3 * this.#random();
      if (cost < bestCost) [best, bestCost] = [block, cost];
    }
    return best;
  }

  #distance(block: Seat[]): number {
    const [first] = block as [Seat, ...Seat[]];
    const fromMiddle = Math.abs(first.column - 1 + block.length / 2 - this.#width / 2);
    const fromBestRow = Math.abs((this.#rows.get(first.row) ?? 0) - this.#rows.size * 0.65);
    const accessible = block.some((seat) => seat.accessible) ? accessiblePenalty : 0;
    return fromMiddle + 0.8 * fromBestRow + accessible;
  }
}

/** Whether consecutive seats of a hall are in one row, without an aisle between them. */
function isAdjacent(block: Seat[]): boolean {
  const [first, last] = [block[0], block.at(-1)];
  return first?.row === last?.row && (last?.column ?? 0) - (first?.column ?? 0) === block.length - 1;
}
