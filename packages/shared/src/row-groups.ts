import type { Hall } from './hall.ts';
import type { Seat } from './layout.ts';

/** What kind of seats someone asks for. */
export interface SeatKindWish {
  /** Only seats of this category. */
  category?: string | undefined;
  /** Only accessible seats. Without it they are given last. */
  accessible?: boolean | undefined;
}

/** Free seats next to each other in one row. Lower figures are better. */
export interface Group {
  row: number;
  /** The place of the first seat in its row, from 0. */
  start: number;
  size: number;
  /**
   * What the group costs others: seats that it would leave free between taken ones, and, less important, accessible
   * seats that nobody asked for. Penalties of groups in different rows can be added up.
   */
  penalty: number;
  /** The middle, in columns. */
  middle: number;
  /** Sum of the squared distances of its seats from the best place of the hall. */
  distance: number;
}

const strandedPenalty = 1_000; // more than a party has seats

/** The groups that are possible in one row, while the same seats are free. */
export class RowGroups {
  readonly #hall: Hall;
  readonly #row: number;
  readonly #seats: readonly Seat[];
  /** 1 for each free seat, in their order. */
  readonly #free: Uint8Array;
  readonly #wish: SeatKindWish;
  readonly #runs: readonly Run[];
  readonly #ofSize: (readonly Group[])[] = [];
  readonly #cheapest: (readonly Group[])[] = [];
  readonly #best: (Group | null)[] = [];
  /** The size of the largest group. */
  readonly largest: number;

  constructor(hall: Hall, row: number, free: Uint8Array, wish: SeatKindWish) {
    this.#hall = hall;
    this.#row = row;
    this.#seats = hall.rows[row] ?? [];
    this.#free = free;
    this.#wish = wish;
    this.#runs = this.#findRuns();
    this.largest = this.#runs.reduce((largest, { length }) => Math.max(largest, length), 0);
  }

  /** The group of this size with the lowest penalty, and of those the closest to the best place. */
  best(size: number): Group | null {
    let best = this.#best[size];
    if (best !== undefined) return best;
    best = null;
    for (const group of this.#all(size)) if (!best || isBetter(group, best)) best = group;
    this.#best[size] = best;
    return best;
  }

  /** The groups of this size with the lowest penalty, from the left. */
  cheapest(size: number): readonly Group[] {
    const penalty = this.best(size)?.penalty;
    this.#cheapest[size] ??= this.#all(size).filter((group) => group.penalty === penalty);
    return this.#cheapest[size];
  }

  labelsOf({ start, size }: Group): string[] {
    return this.#seats.slice(start, start + size).map((seat) => seat.label);
  }

  #all(size: number): readonly Group[] {
    const known = this.#ofSize[size];
    if (known) return known;
    const groups: Group[] = [];
    for (const { start, length } of this.#runs)
      for (let first = start; first <= start + length - size; first++) groups.push(this.#groupAt(first, size));
    this.#ofSize[size] = groups;
    return groups;
  }

  #groupAt(start: number, size: number): Group {
    const { bestRow, bestColumn } = this.#hall;
    const row = this.#row;
    const stranded = Number(this.#isStranded(start - 1, -1)) + Number(this.#isStranded(start + size, 1));
    const penalty = stranded * strandedPenalty + (this.#wish.accessible ? 0 : this.#accessibleIn(start, size));
    const middle = (this.#seats[start]?.column ?? 0) + (size - 1) / 2;
    // The last term is the sum of the squared distances of neighbouring columns from their middle.
    const distance = size * ((middle - bestColumn) ** 2 + (row - bestRow) ** 2) + (size * (size * size - 1)) / 12;
    return { row, start, size, penalty, middle, distance };
  }

  #accessibleIn(start: number, size: number): number {
    let accessible = 0;
    for (let place = start; place < start + size; place++) if (this.#seats[place]?.accessible) accessible++;
    return accessible;
  }

  /** Whether the place beside a group is a free seat with a taken one behind it. */
  #isStranded(place: number, direction: 1 | -1): boolean {
    if (this.#free[place] !== 1 || this.#free[place + direction] !== 0) return false;
    const column = this.#seats[place]?.column ?? 0;
    const isNextTo = (other: number) => Math.abs((this.#seats[other]?.column ?? 0) - column) === 1;
    return isNextTo(place - direction) && isNextTo(place + direction);
  }

  #findRuns(): Run[] {
    const runs: Run[] = [];
    let last: Run | undefined;
    let next = 0; // the column that would continue the last run
    for (let place = 0; place < this.#seats.length; place++) {
      const seat = this.#seats[place] as Seat;
      if (this.#free[place] === 0 || !matches(seat, this.#wish)) continue;
      if (last && seat.column === next) {
        last.length++;
      } else {
        last = { start: place, length: 1 };
        runs.push(last);
      }
      next = seat.column + 1;
    }
    return runs;
  }
}

/** Adjacent free seats that match the wish, as many as there are. */
interface Run {
  start: number;
  length: number;
}

function matches(seat: Seat, { category, accessible }: SeatKindWish): boolean {
  return (category === undefined || seat.category === category) && (!accessible || seat.accessible);
}

export function isBetter(group: Group, other: Group): boolean {
  return group.penalty < other.penalty || (group.penalty === other.penalty && group.distance < other.distance);
}
