import { isDeepStrictEqual } from 'node:util';
import { type BestSeats, bestOf, bestSeats } from '@boxoffice/shared/best-seats';
import type { BookingItem, SeatPreferences } from '@boxoffice/shared/contracts/booking';
import { type Problem, problem } from '@boxoffice/shared/contracts/problems';
import { type Seat, seatByLabel } from '@boxoffice/shared/layout';
import { allSeats, findSeat } from '@boxoffice/shared/seats';
import { findStrandedSeat } from '@boxoffice/shared/stranded-seat';
import type { Claims } from './claims.ts';
import type { BookingRow, ShowRow } from './state.ts';

/** An attempt to sell or hold seats of a show. */
export interface Attempt {
  kind: 'book' | 'hold' | 'confirm';
  showId: number;
  userId: number;
  wish: { seats: readonly string[] } | { best: SeatPreferences };
  expectedTotal?: number | undefined;
  /** Whether the seats are paid for, or cost nothing. */
  isPaid?: boolean;
  /** Bookings that end if this one succeeds: their seats count as free. */
  released: readonly string[];
}

/** The seats that are sold, and what they cost: null on a free show. */
export interface Sale {
  seats: string[];
  price: { items: BookingItem[]; total: number; currency: string } | null;
}

/** Applies the rules of a show to an attempt, in the order in which clients learn of them. Changes nothing. */
export function trySale(
  attempt: Attempt,
  show: ShowRow | undefined,
  { claims, now }: { claims: Claims; now: Date },
): Sale | Problem {
  if (!show) return problem('show_not_found', 'The show no longer exists.');
  const closed = refusalOfShow(attempt, show, now);
  if (closed) return closed;
  const chosen = chooseSeats(attempt, show, claims);
  if (!Array.isArray(chosen)) return chosen;
  const price = priceOf(chosen, show);
  if (attempt.expectedTotal !== undefined && attempt.expectedTotal !== (price?.total ?? 0))
    return problem(
      'price_changed',
      price
        ? `The seats now cost ${price.total}, in minor units of ${price.currency}.`
        : 'The seats are now free of charge.',
    );
  const isTaken = (seat: string) => claims.isTaken(attempt.showId, seat, attempt.released);
  const stranded = show.forbidSingleSeats ? findStrandedSeat(seatsOfShow(show), isTaken, chosen) : null;
  if (stranded !== null && 'best' in attempt.wish)
    return problem('no_seats_together', 'All such seats together would leave a single seat free between taken ones.');
  if (stranded !== null)
    return problem('leaves_single_seat', `Seat ${stranded} would be left free between taken seats.`, {
      seats: [stranded],
    });
  const limit = show.maxSeatsPerUser;
  if (limit !== null && claims.countOf(attempt.showId, attempt.userId, attempt.released) + chosen.length > limit)
    return problem('limit_reached', `A user can hold and book at most ${limit} seats of this show.`);
  return { seats: chosen, price };
}

/** Why nothing of a show can be sold now, whichever seats are asked for; null when it can. */
function refusalOfShow({ kind, isPaid }: Attempt, show: ShowRow, now: Date): Problem | null {
  if (show.isCancelled) return problem('show_cancelled', 'The show has been cancelled. Its seats are no longer sold.');
  if (show.startsAt <= now) return problem('show_started', 'The show has started. Its seats are no longer sold.');
  if (show.salesOpenAt && show.salesOpenAt > now)
    return problem('sales_not_open', `Sales of this show begin at ${show.salesOpenAt.toISOString()}.`);
  if (show.salesCloseAt && show.salesCloseAt <= now)
    return problem('sales_closed', `Sales of this show ended at ${show.salesCloseAt.toISOString()}.`);
  return kind === 'hold' || isPaid ? null : refusalWithoutPayment(show);
}

/** Why seats of this show cannot be booked before they are paid for; null when they can. */
export function refusalWithoutPayment({ payment }: ShowRow): Problem | null {
  if (payment !== 'online') return null;
  return problem('payment_required', 'This show is paid for online: hold the seats, and pay for them.');
}

function chooseSeats(attempt: Attempt, show: ShowRow, claims: Claims): string[] | Problem {
  const { wish, showId, released } = attempt;
  if ('best' in wish) return chooseBest(attempt, wish.best, show, claims);
  const { seats } = wish;
  const unknown = seats.filter((seat) => findSeat(seat, show) !== seat);
  if (unknown.length > 0)
    return problem(
      'validation_failed',
      `The show no longer has ${unknown.length === 1 ? 'seat' : 'seats'} ${unknown.join(', ')}.`,
    );
  const taken = seats.filter((seat) => claims.isTaken(showId, seat, released));
  if (taken.length === 0) return [...seats];
  const detail = taken.length === 1 ? `Seat ${taken[0]} is taken.` : `Seats ${taken.join(', ')} are taken.`;
  return problem('seat_taken', detail, { seats: taken });
}

function chooseBest(
  { showId, released }: Attempt,
  wish: SeatPreferences,
  show: ShowRow,
  claims: Claims,
): string[] | Problem {
  const seats = seatsOfShow(show);
  const best: BestSeats =
    released.length > 0
      ? bestSeats(seats, (seat) => claims.isTaken(showId, seat, released), wish)
      : bestOf(claims.freeSeats(showId, seats), wish);
  if (best.labels) return best.labels;
  const detail =
    best.largestGroup === 0
      ? 'No such seat is free.'
      : `There are no ${wish.count} such seats together. At most ${best.largestGroup} are free together.`;
  return problem('no_seats_together', detail);
}

function priceOf(labels: readonly string[], show: ShowRow): Sale['price'] {
  const { prices, currency } = show;
  if (!prices || currency === null) return null;
  const items = labels.map((seat): BookingItem => {
    const category = (show.layout && seatByLabel(seat, show.layout)?.category) ?? 'standard';
    return { seat, category, amount: prices[category] ?? 0 };
  });
  return { items, total: items.reduce((sum, item) => sum + item.amount, 0), currency };
}

const seatLists = new WeakMap<ShowRow, readonly Seat[]>();

/** All seats of a show, row by row from the front. Listed once per turn. */
function seatsOfShow(show: ShowRow): readonly Seat[] {
  const known = seatLists.get(show) ?? allSeats(show);
  seatLists.set(show, known);
  return known;
}

export const priceChanged = 'The hold has ended, and its seats have another price now. Hold them again.';

/** Whether a sale would cost what was agreed for a booking, seat by seat. */
export function isPriceOf({ items, currency }: Pick<BookingRow, 'items' | 'currency'>, { price }: Sale): boolean {
  return isDeepStrictEqual(items, price?.items ?? null) && currency === (price?.currency ?? null);
}
