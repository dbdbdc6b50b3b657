import type { LiveBooking, System } from '../systems/system.ts';
import { partiesInOrder } from './parties.ts';
import { isBought, partySize, people, type Sale, type SalesResult } from './sales.ts';

/**
 * Checks a sale against the database: no seat twice, every purchase with its seats, and nothing else. Those who asked
 * for the best seats must have got the best of what was left, in the order in which they were served.
 *
 * @returns the violations, a sentence each
 */
export async function checkSale(system: System, { kind, show }: Sale, { purchases }: SalesResult): Promise<string[]> {
  const problems: string[] = [];
  const live = await system.liveBookings(show);
  const seats = live.flatMap((booking) => booking.seats);
  if (new Set(seats).size < seats.length) problems.push(`${seats.length - new Set(seats).size} seats sold twice`);
  const byId = new Map(live.map((booking) => [booking.id, booking]));
  const status = isBought(kind) ? 'booked' : 'held';
  const wrong = purchases.filter(({ id, seats }) => !isAs(byId.get(id), status, seats));
  if (wrong.length > 0) problems.push(`${wrong.length} purchases without their booking`);
  if (live.length > purchases.length) problems.push(`${live.length - purchases.length} bookings without a purchase`);
  if (isBought(kind)) return problems;
  if (purchases.length < people) problems.push(`${people - purchases.length} people without seats`);
  const others = purchases.filter((purchase) => purchase.seats.length !== partySize);
  if (others.length > 0) problems.push(`${others.length} people with fewer or more than ${partySize} seats`);
  if (kind === 'best') {
    const misplaced = partiesInOrder().findIndex((party, place) => live[place]?.seats.join() !== party.join());
    if (misplaced >= 0)
      problems.push(`party ${misplaced + 1} did not get the best seats left, but ${live[misplaced]?.seats}`);
  }
  return problems;
}

function isAs(booking: LiveBooking | undefined, status: LiveBooking['status'], seats: readonly string[]): boolean {
  return booking?.status === status && booking.seats.join() === seats.join();
}
