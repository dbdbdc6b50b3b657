import { bestOf } from '@boxoffice/shared/best-seats';
import { FreeSeats } from '@boxoffice/shared/free-seats';
import { allSeats } from '@boxoffice/shared/seats';
import { bestHall, partySize, people } from './sales.ts';

/** The seats of one party after another, as whoever asks for the best in an empty hall must get them. */
export function partiesInOrder(count = people): string[][] {
  const seats = allSeats({ total_seats: bestHall.rows * bestHall.seatsPerRow, seats_per_row: bestHall.seatsPerRow });
  const taken = new Set<string>();
  const free = new FreeSeats(seats, (label) => taken.has(label));
  return Array.from({ length: count }, () => {
    const { labels } = bestOf(free, { count: partySize });
    for (const label of labels ?? []) {
      taken.add(label);
      free.seatChanged(label);
    }
    return labels ?? [];
  });
}
