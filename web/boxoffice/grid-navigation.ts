/** Moving through the seats by keyboard. */
import type { SeatMap } from '@boxoffice/client';
import type { KeyboardEvent } from 'react';

type Seat = SeatMap['seats'][number];
export type Rows = [string, Seat[]][];

/** Where the seat with this label is, as indexes into the rows. */
export function positionOf(rows: Rows, label: string): { row: number; seat: number } | null {
  for (const [row, [, seats]] of rows.entries()) {
    const seat = seats.findIndex(({ seat_number }) => seat_number === label);
    if (seat >= 0) return { row, seat };
  }
  return null;
}

/** The seat that a key moves to; undefined for other keys, and at the edges. */
export function neighbour(
  rows: Rows,
  { row, seat }: { row: number; seat: number },
  { key, ctrlKey }: KeyboardEvent,
): Seat | undefined {
  const seatsOf = (index: number) => rows[index]?.[1] ?? [];
  const column = seatsOf(row)[seat]?.column ?? 1;
  switch (key) {
    case 'ArrowLeft':
      return seatsOf(row)[seat - 1];
    case 'ArrowRight':
      return seatsOf(row)[seat + 1];
    case 'ArrowUp':
      return closestTo(column, seatsOf(row - 1));
    case 'ArrowDown':
      return closestTo(column, seatsOf(row + 1));
    case 'Home':
      return seatsOf(ctrlKey ? 0 : row)[0];
    case 'End':
      return seatsOf(ctrlKey ? rows.length - 1 : row).at(-1);
    default:
      return undefined;
  }
}

/** Rows differ in their gaps: up and down lead to the seat straight ahead, or else the one next to it. */
function closestTo(column: number, [first, ...others]: Seat[]): Seat | undefined {
  const distance = (seat: Seat) => Math.abs(seat.column - column);
  return others.reduce((best, seat) => (best && distance(seat) < distance(best) ? seat : best), first);
}
