import type { Seat } from './layout.ts';

/** The seats of a hall by row, and where its best place is. Rows are counted from 0, from the front. */
export interface Hall {
  rows: readonly (readonly Seat[])[];
  rowNumbers: ReadonlyMap<string, number>;
  /** Row numbers, the closest to the best one first. */
  closestRows: readonly number[];
  /** Two thirds back, in the middle; may lie between two rows or columns. */
  bestRow: number;
  bestColumn: number;
}

const halls = new WeakMap<readonly Seat[], Hall>();

/** Computed once per list of seats, which is row by row from the front. */
export function hallOf(seats: readonly Seat[]): Hall {
  const known = halls.get(seats);
  if (known) return known;
  const byRow = Map.groupBy(seats, (seat) => seat.row);
  const rows = [...byRow.values()];
  const bestRow = ((rows.length - 1) * 2) / 3;
  const hall = {
    rows,
    rowNumbers: new Map([...byRow.keys()].map((row, number) => [row, number])),
    closestRows: rows.map((_, row) => row).sort((a, b) => Math.abs(a - bestRow) - Math.abs(b - bestRow)),
    bestRow,
    bestColumn: (seats.reduce((widest, seat) => Math.max(widest, seat.column), 0) + 1) / 2,
  };
  halls.set(seats, hall);
  return hall;
}

/** The number of the row that a seat is in, or undefined when the hall has no such row. */
export function rowNumberOf(label: string, { rowNumbers }: Hall): number | undefined {
  return rowNumbers.get(label.replace(/\d+$/, ''));
}
