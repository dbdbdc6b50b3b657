/** Made-up bookings for the sample shows, following the same rules as real ones. */
import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { partitionOf } from '@boxoffice/shared/partition';
import { randomFrom } from '../random.ts';
import type { SampleShow } from './programme.ts';
import { Seating } from './seating.ts';

const minuteMs = 60 * 1_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A row of booking.bookings. */
export interface SampleBooking {
  show_id: number;
  id: string;
  user_id: number;
  seats: string[];
  status: 'booked' | 'cancelled';
  created_at: Date;
  cancelled_at: Date | null;
  cancelled_by: string | null;
}

export interface SalesOptions {
  shows: readonly (SampleShow & { id: number })[];
  /** User ids to book for. */
  buyers: readonly number[];
  /** Id of the user `demo`; null if there is none. */
  demo: number | null;
  now: Date;
  /** Number of booking partitions, which the ids encode. */
  partitions: number;
}

/** People usually come in twos. */
const groupSizes = [1, 1, 2, 2, 2, 2, 2, 3, 3, 4, 4, 5];
const cancelledShare = 0.07;
/** Bookings are made at most this many days before the show, or before now. */
const longestLeadDays = 6;

/**
 * Sells seats until each show is as full as it says. Apart from the ids, which are as random as real ones,
 * the same shows and `now` give the same bookings.
 *
 * @returns bookings, oldest first
 */
export function sampleSales({ shows, buyers, demo, now, partitions }: SalesOptions): SampleBooking[] {
  const random = randomFrom(1895);
  const oneOf = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;

  const sell = (show: SampleShow & { id: number }): SampleBooking[] => {
    const partition = partitionOf(show.id, partitions);
    const latest = Math.min(show.dateTime.getTime() - 20 * minuteMs, now.getTime() - minuteMs);
    const book = (userId: number, seats: string[], cancelled: boolean): SampleBooking => {
      const createdAt = purchaseTime(latest, random);
      const cancelledAt = createdAt + Math.ceil(random() * (latest - createdAt));
      return {
        show_id: show.id,
        id: idAt(createdAt, partition, show.id),
        user_id: userId,
        seats,
        status: cancelled ? 'cancelled' : 'booked',
        created_at: new Date(createdAt),
        cancelled_at: cancelled ? new Date(cancelledAt) : null,
        cancelled_by: cancelled ? idAt(cancelledAt, partition, show.id) : null,
      };
    };

    const bookings: SampleBooking[] = [];
    const seating = new Seating(show, random);
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
