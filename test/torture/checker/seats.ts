import { type History, type Operation, outcomeOf, type Violation } from './history.ts';
import type { Assigned } from './rows.ts';
import { contradiction, type Read, type Tenancy } from './seat.ts';

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
  const cancels = cancelsByTarget(history.operations);
  for (const [row, maker] of assigned.makers) {
    for (const seat of row.seats) {
      const cancelled = row.status === 'cancelled' ? cancellation(cancels.get(row.id) ?? []) : null;
      seatOf(row.show, seat).tenancies.push(tenancy(row.id, maker, cancelled));
    }
  }
  for (const operation of history.operations) {
    const outcome = outcomeOf(operation);
    if (operation.kind !== 'book' || outcome?.code !== 'seat_taken' || !outcome.taken) continue;
    const window = { from: operation.called, to: operation.accepted ?? Number.POSITIVE_INFINITY };
    for (const seat of operation.seats)
      seatOf(operation.show, seat).reads.push({ ...window, taken: outcome.taken.includes(seat), by: operation });
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

function tenancy(booking: string, maker: Operation, cancelled: Cancellation | null): Tenancy {
  const never = Number.POSITIVE_INFINITY;
  return {
    booking,
    start: { earliest: maker.called, latest: maker.accepted ?? never, why: [maker] },
    end: cancelled
      ? { earliest: cancelled.earliest, latest: cancelled.latest, why: cancelled.operations }
      : { earliest: never, latest: never, why: [] },
  };
}

interface Cancellation {
  earliest: number;
  latest: number;
  operations: Operation[];
}

/**
 * When a booking was cancelled, whichever of its cancellations did it: not before the first was sent,
 * and not after one that succeeded was accepted.
 */
function cancellation(cancels: readonly Operation[]): Cancellation {
  const possible = cancels.filter(({ accepted, unknown }) => accepted !== null || unknown > 0);
  const succeeded = possible.filter((operation) => outcomeOf(operation)?.status === 'succeeded');
  return {
    earliest: Math.min(...possible.map(({ called }) => called)),
    latest: Math.min(...succeeded.map(({ accepted }) => accepted ?? Number.POSITIVE_INFINITY)),
    operations: possible,
  };
}

function cancelsByTarget(operations: readonly Operation[]): Map<string, Operation[]> {
  const cancels = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (operation.target !== null) cancels.set(operation.target, [...(cancels.get(operation.target) ?? []), operation]);
  }
  return cancels;
}

/** A cancellation finds its booking when it was sent after the booking was accepted. */
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
        text: `the cancellation of ${booking.row.id} was accepted after the booking, and did not find it`,
        show: operation.show,
        seats: operation.seats,
        operations: [booking.maker, operation],
      },
    ];
  });
}
