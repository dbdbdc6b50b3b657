import { createHash } from 'node:crypto';
import type { SeatMap, ShowView } from '@boxoffice/shared/contracts/catalog';
import { seatAt } from '@boxoffice/shared/seats';
import type { Occupancy } from './repositories/seat-claims.ts';

/** Strong entity tag of a seat map (RFC 9110, 8.8.3): the map follows from the occupancy alone. */
export function seatMapTag({ total_seats, seats_per_row, booked, held }: Occupancy): string {
  const hash = createHash('sha256').update(JSON.stringify([total_seats, seats_per_row, booked, held]));
  return `"${hash.digest('base64url').slice(0, 22)}"`;
}

/** Every seat of the show, in the order of the hall. */
export function seatMap(showId: ShowView['id'], occupancy: Occupancy): SeatMap {
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

/**
 * Whether an If-None-Match header names this entity tag (RFC 9110, 13.1.2: weak comparison).
 *
 * @param header as it came; absent matches nothing
 */
export function matchesTag(header: string | undefined, tag: string): boolean {
  const candidates = (header ?? '').split(',').map((candidate) => candidate.trim().replace(/^W\//, ''));
  return candidates.includes(tag) || candidates.includes('*');
}
