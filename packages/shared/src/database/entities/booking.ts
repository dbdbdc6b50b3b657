import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { bookingStatuses } from '../../contracts/booking.ts';

/**
 * What a user got. Written by the booking-worker alone; never deleted. The key holds `showId`, which
 * the id tells too (booking-id.ts), so the table can be distributed by show as it stands.
 */
export const Booking = defineEntity({
  name: 'Booking',
  schema: 'booking',
  tableName: 'bookings',
  properties: {
    showId: p.integer().primary().autoincrement(false),
    id: p.uuid().primary(),
    userId: p.integer(),
    seats: p.array().columnType('text[]'),
    status: p.enum(bookingStatuses),
    createdAt: p.datetime(),
    cancelledAt: p.datetime().nullable(),
    /** The request that cancelled it: lets a job that runs again see that it was itself. */
    cancelledBy: p.uuid().nullable(),
  },
  indexes: [
    { name: 'bookings_user_id_id_idx', properties: ['userId', 'id'] },
    // An id begins with its time: these are for the newest of all, and for those of some days.
    { name: 'bookings_id_idx', properties: ['id'] },
    {
      name: 'bookings_not_booked_idx',
      expression: "create index bookings_not_booked_idx on booking.bookings (status, id) where status <> 'booked'",
    },
  ],
  uniques: [
    {
      name: 'bookings_cancelled_by_key',
      expression:
        'create unique index bookings_cancelled_by_key on booking.bookings (show_id, cancelled_by) where cancelled_by is not null',
    },
  ],
});
export type Booking = InferEntity<typeof Booking>;

/**
 * One seat of one show that is held or booked. THE promise of Boxoffice is this table's primary key:
 * a seat of a show is sold at most once at a time. Cancelling deletes the row.
 */
export const SeatClaim = defineEntity({
  name: 'SeatClaim',
  schema: 'booking',
  tableName: 'seat_claims',
  properties: {
    showId: p.integer().primary().autoincrement(false),
    seatNumber: p.string().columnType('text').primary(),
    bookingId: p.uuid(),
    /** When a hold lapses; null for a booking. */
    expiresAt: p.datetime().nullable(),
  },
});
export type SeatClaim = InferEntity<typeof SeatClaim>;
