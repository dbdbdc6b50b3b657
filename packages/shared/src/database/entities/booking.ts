import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { bookingStatuses, jobKinds } from '../../contracts/booking.ts';
import { outcomeStatuses } from '../../contracts/jobs.ts';
import type { Problem } from '../../contracts/problems.ts';

/**
 * A user's booking. Written by the booking-worker only; never deleted. `showId` is part of the key, although
 * the id encodes it too (booking-id.ts), so that the table can be distributed by show.
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
    /** The request that cancelled it. Tells that request's outcome for ever. */
    cancelledBy: p.uuid().nullable(),
  },
  indexes: [
    { name: 'bookings_user_id_id_idx', properties: ['userId', 'id'] },
    // Ids begin with the time: these serve the newest bookings, and ranges of days.
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
 * A seat of a show that is held or booked. This table's primary key is what enforces THE promise of Boxoffice:
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
    /** When a hold expires; null for a booking. */
    expiresAt: p.datetime().nullable(),
  },
});
export type SeatClaim = InferEntity<typeof SeatClaim>;

/**
 * The outcome of a decided request, written in the transaction that decides it and never changed. Every
 * request has one, except a booking without an Idempotency-Key, whose booking tells its outcome. Removed
 * after a day.
 */
export const RequestOutcome = defineEntity({
  name: 'RequestOutcome',
  schema: 'booking',
  tableName: 'requests',
  properties: {
    showId: p.integer().primary().autoincrement(false),
    id: p.uuid().primary(),
    userId: p.integer(),
    kind: p.enum(jobKinds),
    status: p.enum(outcomeStatuses),
    /** The booking that a successful request made or cancelled. */
    bookingId: p.uuid().nullable(),
    /** Why an unsuccessful request was not. */
    problem: p.json<Problem>().nullable(),
    /** Of the Idempotency-Key, which belongs to this request alone. Null for a repeat of another request. */
    keyHash: p.blob().nullable(),
    /** Of the request that came with the key. */
    fingerprint: p.blob().nullable(),
    decidedAt: p.datetime(),
  },
  // Ids begin with the time: this finds the rows that have expired.
  indexes: [{ name: 'requests_id_idx', properties: ['id'] }],
  uniques: [
    {
      name: 'requests_key_hash_key',
      expression:
        'create unique index requests_key_hash_key on booking.requests (show_id, user_id, key_hash) where key_hash is not null',
    },
  ],
});
export type RequestOutcome = InferEntity<typeof RequestOutcome>;
