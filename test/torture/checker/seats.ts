import { type History, makesBooking, outcomeOf, type Violation } from './history.ts';
import type { Assigned } from './rows.ts';
import { contradiction, type Read, type Tenancy } from './seat.ts';
import { Tenancies } from './tenancies.ts';

/**
 * Order: each seat's history must fit the sequential box office, every request taking effect between
 * its call and the first answer that accepted it. Seats are looked at one by one, which leaves a
 * polynomial check where that of whole shows would be exponential.
 */
export function checkSeats(history: History, assigned: Assigned): Violation[] {
  const seats = new Map<string, { tenancies: Tenancy[]; reads: Read[] }>();
  const seatOf = (show: number, seat: string) => {
    const key = `${show} ${seat}`;
    const found = seats.get(key) ?? { tenancies: [], reads: [] };
    seats.set(key, found);
    return found;
  };
  const tenancies = new Tenancies(history);
  for (const [row, maker] of assigned.makers)
    for (const tenancy of tenancies.of(row, maker))
      for (const seat of row.seats) seatOf(row.show, seat).tenancies.push(tenancy);
  for (const operation of history.operations) {
    const outcome = outcomeOf(operation);
    if (!makesBooking(operation) || outcome?.code !== 'seat_taken' || !outcome.taken) continue;
    const window = { from: operation.called, to: operation.accepted ?? Number.POSITIVE_INFINITY };
    for (const seat of operation.seats) {
      const taken = outcome.taken.includes(seat);
      // A seat that the user's own hold has counts as free for its replacement.
      if (taken || !operation.replaces) seatOf(operation.show, seat).reads.push({ ...window, taken, by: operation });
    }
  }
  const violations: Violation[] = [];
  for (const [key, seat] of seats) {
    const found = contradiction(seat.tenancies, seat.reads);
    if (!found) continue;
    const [show, label] = key.split(' ') as [string, string];
    violations.push({
      rule: 'order',
      text: `show ${show} seat ${label}: ${found.text}`,
      show: Number(show),
      seats: [label],
      operations: [...new Set(found.operations)],
    });
  }
  return [...violations, ...checkCancels(history, assigned)];
}

/** A change finds its booking when it was sent after the booking was accepted. */
function checkCancels({ operations }: History, { makers }: Assigned): Violation[] {
  const bookings = new Map([...makers].map(([row, maker]) => [row.id, { row, maker }]));
  return operations.flatMap((operation) => {
    const booking = bookings.get(operation.target ?? '');
    const outcome = outcomeOf(operation);
    if (!booking || outcome?.code !== 'booking_not_found') return [];
    if (operation.called <= (booking.maker.accepted ?? Number.POSITIVE_INFINITY)) return [];
    return [
      {
        rule: 'order',
        text: `the ${operation.kind} of ${booking.row.id} was accepted after the booking, and did not find it`,
        show: operation.show,
        seats: operation.seats,
        operations: [booking.maker, operation],
      },
    ];
  });
}
