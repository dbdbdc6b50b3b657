/** Made-up bookings for the sample shows, following the same rules as real ones. */
import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { BookingItem, PaidWith } from '@boxoffice/shared/contracts/booking';
import type { Seat } from '@boxoffice/shared/layout';
import { partitionOf } from '@boxoffice/shared/partition';
import { randomFrom } from '../random.ts';
import { type SampleHall, sampleCurrency } from './halls.ts';
import type { SampleShow } from './programme.ts';
import { Seating } from './seating.ts';

const minuteMs = 60 * 1_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A row of booking.bookings. */
export interface SampleBooking extends Price, Payment {
  show_id: number;
  id: string;
  user_id: number;
  seats: string[];
  status: 'booked' | 'cancelled';
  created_at: Date;
  cancelled_at: Date | null;
  cancelled_by: string | null;
}

/** What was decided about the price; all null when the show is free. */
interface Price {
  items: BookingItem[] | null;
  total: number | null;
  currency: string | null;
  code: string | null;
}

/** All null until the booking is paid. */
interface Payment {
  paid_at: Date | null;
  paid_by: number | null;
  paid_with: PaidWith | null;
}

export interface SalesOptions {
  shows: readonly (SampleShow & { id: number })[];
  /** User ids to book for. */
  buyers: readonly number[];
  /** Id of the user `demo`; null if there is none. */
  demo: number | null;
  /** Id of the administrator who takes the money; null if there is none, and then nothing is paid. */
  admin: number | null;
  now: Date;
  /** Number of booking partitions, which the ids encode. */
  partitions: number;
}

/** People usually come in twos. */
const groupSizes = [1, 1, 2, 2, 2, 2, 2, 3, 3, 4, 4, 5];
const cancelledShare = 0.07;
/** The share of bookings that are already paid; the others are paid when people come. */
const paidShare = 0.7;
const methods: readonly PaidWith[] = ['card', 'card', 'card', 'cash', 'cash', 'other'];
/** Bookings are made at most this many days before the show, or before now. */
const longestLeadDays = 6;

/**
 * Sells seats until each show is as full as it says. Apart from the ids, which are as random as real ones,
 * the same shows and `now` give the same bookings.
 *
 * @returns bookings, oldest first
 */
export function sampleSales({ shows, buyers, demo, admin, now, partitions }: SalesOptions): SampleBooking[] {
  const random = randomFrom(1895);
  const oneOf = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;

  const sell = (show: SampleShow & { id: number }): SampleBooking[] => {
    const partition = partitionOf(show.id, partitions);
    const latest = Math.min(show.dateTime.getTime() - 20 * minuteMs, now.getTime() - minuteMs);
    const book = (userId: number, seats: Seat[], cancelled: boolean): SampleBooking => {
      const createdAt = purchaseTime(latest, random);
      const cancelledAt = createdAt + Math.ceil(random() * (latest - createdAt));
      const paidAt = createdAt + Math.floor(random() * ((cancelled ? cancelledAt : latest) - createdAt) * 0.5);
      const paidWith = random() < paidShare ? oneOf(methods) : null;
      const isPaid = admin !== null && paidWith !== null && show.hall;
      return {
        show_id: show.id,
        id: idAt(createdAt, partition, show.id),
        user_id: userId,
        seats: seats.map(({ label }) => label),
        ...priceOf(seats, show.hall, () => oneOf(codeCharacters)),
        ...(isPaid ? { paid_at: new Date(paidAt), paid_by: admin, paid_with: paidWith } : unpaid),
        status: cancelled ? 'cancelled' : 'booked',
        created_at: new Date(createdAt),
        cancelled_at: cancelled ? new Date(cancelledAt) : null,
        cancelled_by: cancelled ? idAt(cancelledAt, partition, show.id) : null,
      };
    };

    const bookings: SampleBooking[] = [];
    const plan = { total_seats: show.totalSeats, seats_per_row: show.seatsPerRow, layout: show.hall };
    const seating = new Seating(plan, random);
    let left = Math.round(show.sold * show.totalSeats);
    if (show.demo && demo !== null) {
      const seats = seating.take(2);
      bookings.push(book(demo, seats, show.demo === 'cancelled'));
      if (show.demo === 'booked') left -= seats.length;
    }
    while (left > 0) {
      const seats = seating.take(Math.min(oneOf(groupSizes), left));
      if (seats.length === 0) break;
      // Seats of a cancelled booking are not sold again, which would have to be after the cancellation.
      const canSpare = seating.free >= left;
      const cancelled = random() < cancelledShare && canSpare;
      bookings.push(book(oneOf(buyers), seats, cancelled));
      if (!cancelled) left -= seats.length;
    }
    return bookings;
  };
  return shows.flatMap(sell).sort((a, b) => a.created_at.getTime() - b.created_at.getTime());
}

const unpaid: Payment = { paid_at: null, paid_by: null, paid_with: null };
const codeCharacters = [...'ABCDEFGHJKMNPQRSTVWXYZ0123456789'];

function priceOf(seats: Seat[], hall: SampleHall | undefined, codeCharacter: () => string): Price {
  if (!hall) return { items: null, total: null, currency: null, code: null };
  const items = seats.map(({ label, category }) => ({ seat: label, category, amount: hall.prices[category] ?? 0 }));
  const total = items.reduce((sum, { amount }) => sum + amount, 0);
  return { items, total, currency: sampleCurrency, code: Array.from({ length: 8 }, codeCharacter).join('') };
}

/** A time between nine in the morning and eleven at night (UTC), late rather than early, not after `latest`. */
function purchaseTime(latest: number, random: () => number): number {
  const leadDays = Math.floor(random() ** 1.5 * longestLeadDays);
  const midnight = latest - (latest % dayMs) - leadDays * dayMs;
  const opening = midnight + 9 * hourMs;
  const closing = Math.min(opening + 14 * hourMs, latest);
  const share = Math.sqrt(random());
  return closing > opening
    ? opening + Math.floor(share * (closing - opening))
    : opening - dayMs + Math.floor(share * 14 * hourMs);
}

/** The id of a request that was accepted a few milliseconds before it was decided. */
function idAt(decidedAtMs: number, partition: number, showId: number): string {
  return requestId(newEnvelopeId(partition, BigInt(decidedAtMs - 7) * 1_000n), showId, 0);
}
