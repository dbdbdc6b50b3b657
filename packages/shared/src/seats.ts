/**
 * Seats by name. A show has `totalSeats` seats in rows of `seatsPerRow`: A1…A10, B1…; after Z comes
 * AA. Clients name a seat by its label or by its number from 1; labels are what is stored.
 */
export interface SeatPlan {
  total_seats: number;
  seats_per_row: number;
}

/** Row 0 is A, 25 is Z, 26 is AA (bijective base 26). */
function rowLabel(row: number): string {
  let label = '';
  for (let rest = row + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    label = String.fromCharCode(65 + ((rest - 1) % 26)) + label;
  }
  return label;
}

/** The seat with this number (from 1), as `{label, row, number}`; the caller keeps the number in range. */
export function seatAt(seatNumber: number, plan: SeatPlan): { label: string; row: string; number: number } {
  const row = rowLabel(Math.floor((seatNumber - 1) / plan.seats_per_row));
  const number = ((seatNumber - 1) % plan.seats_per_row) + 1;
  return { label: `${row}${number}`, row, number };
}

/**
 * Reads a seat as a client names it: `"B7"` in any case, `17` or `"17"`.
 *
 * @returns its label, or null when the show has no such seat
 */
export function findSeat(name: string | number, plan: SeatPlan): string | null {
  const seatNumber = seatNumberOf(String(name).trim(), plan);
  return seatNumber !== null && seatNumber >= 1 && seatNumber <= plan.total_seats
    ? seatAt(seatNumber, plan).label
    : null;
}

/** The number (from 1) that a label or numeral stands for, whether or not the show is that large. */
export function seatNumberOf(name: string, plan: SeatPlan): number | null {
  const match = /^(?<row>[A-Za-z]{0,4})(?<number>[1-9]\d{0,5})$/.exec(name);
  if (!match?.groups) return null;
  const number = Number(match.groups.number);
  if (!match.groups.row) return number;
  if (number > plan.seats_per_row) return null;
  const row = [...match.groups.row.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
  return (row - 1) * plan.seats_per_row + number;
}
