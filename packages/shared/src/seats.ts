import { createHash } from 'node:crypto';
import type { SeatMap } from './contracts/catalog.ts';

/**
 * A show's seats: `total_seats` of them in rows of `seats_per_row`, labelled A1…A10, B1…; row AA follows Z.
 * Clients name a seat by its label or by its number, counted from 1. Labels are stored.
 */
export interface SeatPlan {
  total_seats: number;
  seats_per_row: number;
}

/** Labels a row: 0 is A, 25 is Z, 26 is AA (bijective base 26). */
function rowLabel(row: number): string {
  let label = '';
  for (let rest = row + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    label = String.fromCharCode(65 + ((rest - 1) % 26)) + label;
  }
  return label;
}

/** The seat with this number, from 1. The caller keeps it in range. */
export function seatAt(seatNumber: number, plan: SeatPlan): { label: string; row: string; number: number } {
  const row = rowLabel(Math.floor((seatNumber - 1) / plan.seats_per_row));
  const number = ((seatNumber - 1) % plan.seats_per_row) + 1;
  return { label: `${row}${number}`, row, number };
}

/**
 * Finds the label of a seat that a client named: `"B7"` in any case, `17` or `"17"`. Returns null when the
 * show has no such seat.
 */
export function findSeat(name: string | number, plan: SeatPlan): string | null {
  const seatNumber = seatNumberOf(String(name).trim(), plan);
  return seatNumber !== null && seatNumber >= 1 && seatNumber <= plan.total_seats
    ? seatAt(seatNumber, plan).label
    : null;
}

/** The number, from 1, that a label or numeral denotes, even if the show is smaller. Returns null when it is neither. */
export function seatNumberOf(name: string, plan: SeatPlan): number | null {
  const match = /^(?<row>[A-Za-z]{0,4})(?<number>[1-9]\d{0,5})$/.exec(name);
  if (!match?.groups) return null;
  const number = Number(match.groups.number);
  if (!match.groups.row) return number;
  if (number > plan.seats_per_row) return null;
  const row = [...match.groups.row.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
  return (row - 1) * plan.seats_per_row + number;
}

/** A show's plan and its taken seats at one instant: everything its seat map is derived from. */
export interface Occupancy extends SeatPlan {
  /** Labels separated by spaces, in a fixed order; empty when there are none. */
  booked: string;
  held: string;
}

/** Strong entity tag of a seat map (RFC 9110, 8.8.3): the map is derived from the occupancy alone. */
export function seatMapTag({ total_seats, seats_per_row, booked, held }: Occupancy): string {
  const hash = createHash('sha256').update(JSON.stringify([total_seats, seats_per_row, booked, held]));
  return `"${hash.digest('base64url').slice(0, 22)}"`;
}

/** Lists every seat of the show, row by row from the front. */
export function seatMap(showId: number, occupancy: Occupancy): SeatMap {
  const { total_seats, seats_per_row } = occupancy;
  const booked = labelsIn(occupancy.booked);
  const held = labelsIn(occupancy.held);
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

function labelsIn(text: string): Set<string> {
  return new Set(text ? text.split(' ') : []);
}
