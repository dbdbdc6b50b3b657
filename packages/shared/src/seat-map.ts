import { createHash } from 'node:crypto';
import type { SeatMap } from './contracts/catalog.ts';
import { type SeatPlan, seatAt } from './seats.ts';

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
