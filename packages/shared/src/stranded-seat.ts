import type { Seat } from './layout.ts';

/**
 * The label of a seat that these seats would leave free between taken ones, or null. Seats that were already
 * alone before do not count.
 */
export function findStrandedSeat(
  seats: readonly Seat[],
  isTaken: (label: string) => boolean,
  chosen: readonly string[],
): string | null {
  const wanted = new Set(chosen);
  const isOccupied = (seat: Seat | undefined) => seat !== undefined && (wanted.has(seat.label) || isTaken(seat.label));
  for (const [index, seat] of seats.entries()) {
    if (isOccupied(seat)) continue;
    const left = neighbour(seat, seats[index - 1]);
    const right = neighbour(seat, seats[index + 1]);
    if (!isOccupied(left) || !isOccupied(right)) continue;
    if (wanted.has(left?.label ?? '') || wanted.has(right?.label ?? '')) return seat.label;
  }
  return null;
}

/** The seat before or after another one in its row, unless there is a gap between them. */
function neighbour(seat: Seat, other: Seat | undefined): Seat | undefined {
  return other && other.row === seat.row && Math.abs(other.column - seat.column) === 1 ? other : undefined;
}
