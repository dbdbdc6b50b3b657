import { createHash } from 'node:crypto';
import type { SeatMap } from './contracts/seat-map.ts';
import { type Layout, rowLabel, type Seat, seatByLabel, seatsOf } from './layout.ts';

/**
 * A show's seats: those of its layout, or without one `total_seats` in rows of `seats_per_row`, labelled A1…A10,
 * B1…; row AA follows Z. Clients name a seat by its label or by its number, counted from 1. Labels are stored.
 */
export interface SeatPlan {
  total_seats: number;
  /** With a layout, the width of its widest row, gaps included. */
  seats_per_row: number;
  layout?: Layout | null | undefined;
}

/** The seat with this number, from 1, of a show without a layout. The caller keeps it in range. */
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
  const text = String(name).trim();
  if (plan.layout) {
    const seat = /^[1-9]\d{0,5}$/.test(text)
      ? seatsOf(plan.layout)[Number(text) - 1]
      : seatByLabel(text.toUpperCase(), plan.layout);
    return seat?.label ?? null;
  }
  const seatNumber = seatNumberOf(text, plan);
  return seatNumber !== null && seatNumber >= 1 && seatNumber <= plan.total_seats
    ? seatAt(seatNumber, plan).label
    : null;
}

/** Lists the seats of a show, row by row from the front. Without a layout all are `standard`. */
export function allSeats(plan: SeatPlan): readonly Seat[] {
  if (plan.layout) return seatsOf(plan.layout);
  return Array.from({ length: plan.total_seats }, (_, index): Seat => {
    const seat = seatAt(index + 1, plan);
    return { ...seat, column: seat.number, category: 'standard', accessible: false };
  });
}

/**
 * The number, from 1, that a label or numeral denotes in a show without a layout, even if the show is smaller.
 * Returns null when it is neither.
 */
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
  layout_id: number | null;
  /** In minor units by category; null when the show is free. */
  prices: Readonly<Record<string, number>> | null;
  /** Labels separated by spaces, in a fixed order; empty when there are none. */
  booked: string;
  held: string;
}

/** Strong entity tag of a seat map (RFC 9110, 8.8.3): the map is derived from the occupancy alone. */
export function seatMapTag(occupancy: Occupancy): string {
  const { total_seats, seats_per_row, layout_id, prices, booked, held } = occupancy;
  const hash = createHash('sha256').update(
    JSON.stringify([total_seats, seats_per_row, layout_id, prices, booked, held]),
  );
  return `"${hash.digest('base64url').slice(0, 22)}"`;
}

/** Lists every seat of the show, row by row from the front. */
export function seatMap(showId: number, occupancy: Occupancy): SeatMap {
  const { total_seats, seats_per_row, prices } = occupancy;
  const booked = labelsIn(occupancy.booked);
  const held = labelsIn(occupancy.held);
  return {
    show_id: showId,
    total_seats,
    seats_per_row,
    available_seats: total_seats - booked.size - held.size,
    seats: allSeats(occupancy).map(({ label, row, number, column, category, accessible }) => ({
      seat_number: label,
      row,
      number,
      column,
      category,
      accessible,
      price: (prices && Object.hasOwn(prices, category) && prices[category]) || 0,
      status: booked.has(label) ? 'booked' : held.has(label) ? 'held' : 'available',
    })),
  };
}

function labelsIn(text: string): Set<string> {
  return new Set(text ? text.split(' ') : []);
}
