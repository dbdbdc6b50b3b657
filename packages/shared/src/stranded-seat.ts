import { hallOf, rowNumberOf } from './hall.ts';
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
  const hall = hallOf(seats);
  const wanted = new Set(chosen);
  const isOccupied = (seat: Seat | undefined) => seat !== undefined && (wanted.has(seat.label) || isTaken(seat.label));
  const rows = new Set(chosen.map((label) => rowNumberOf(label, hall)));
  for (const row of rows) {
    const inRow = hall.rows[row ?? -1] ?? [];
    for (const [index, seat] of inRow.entries()) {
      if (isOccupied(seat)) continue;
      const left = neighbour(seat, inRow[index - 1]);
      const right = neighbour(seat, inRow[index + 1]);
      if (!isOccupied(left) || !isOccupied(right)) continue;
      if (wanted.has(left?.label ?? '') || wanted.has(right?.label ?? '')) return seat.label;
    }
  }
  return null;
}

/** The seat before or after another one in its row, unless there is a gap between them. */
function neighbour(seat: Seat, other: Seat | undefined): Seat | undefined {
  return other && Math.abs(other.column - seat.column) === 1 ? other : undefined;
}
