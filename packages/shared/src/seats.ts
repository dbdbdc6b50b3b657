import { createHash } from 'node:crypto';
import type { SeatMap } from './contracts/catalog.ts';

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

/** A show's plan and who has its seats, as of one instant: all that its seat map follows from. */
export interface Occupancy extends SeatPlan {
  /** Labels with a space between, in a fixed order; empty when there is none. */
  booked: string;
  held: string;
}

/** Strong entity tag of a seat map (RFC 9110, 8.8.3): the map follows from the occupancy alone. */
export function seatMapTag({ total_seats, seats_per_row, booked, held }: Occupancy): string {
  const hash = createHash('sha256').update(JSON.stringify([total_seats, seats_per_row, booked, held]));
  return `"${hash.digest('base64url').slice(0, 22)}"`;
}

/** Every seat of the show, in the order of the hall. */
export function seatMap(showId: number, occupancy: Occupancy): SeatMap {
  const { total_seats, seats_per_row } = occupancy;
  const booked = labels(occupancy.booked);
  const held = labels(occupancy.held);
  return {
    show_id: showId,
    total_seats,
    seats_per_row,
    available_seats: total_seats - booked.size - held.size,
    seats: Array.from({ length: total_seats }, (_, index) => {
      const { label, row, number } = seatAt(index + 1, occupancy);
      return {
        seat_number: label,
        row,
        number,
        status: booked.has(label) ? 'booked' : held.has(label) ? 'held' : 'available',
      };
    }),
  };
}

function labels(text: string): Set<string> {
  return new Set(text ? text.split(' ') : []);
}
