import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { type BookingItem, bookingStatuses, jobKinds, paymentMethods } from '../../contracts/booking.ts';
import { outcomeStatuses } from '../../contracts/jobs.ts';
import type { Problem } from '../../contracts/problems.ts';

/**
 * A user's booking. Written by the booking-worker only; deleted by `pnpm archive` only. `showId` is part of the key, although
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
    /** Why it was cancelled, if its show was cancelled or another hold replaced it. */
    cancelReason: p.text().nullable(),
    /** When the hold that this booking began as ends or ended; null for one that was booked immediately. Changes once at most: see `heldUntil`. */
    expiresAt: p.datetime().nullable(),
    /** What each seat costs, as decided; null on a free show, like `total`, `currency` and `code`. */
    items: p.json<BookingItem[]>().nullable(),
    /** In minor units. */
    total: p.bigint('number').nullable(),
    currency: p.text().nullable(),
    /** A short code for people. Derived from the id, so another booking may have the same: that must not stop a sale. */
    code: p.text().nullable(),
    /** The request that confirmed the hold. */
    confirmedBy: p.uuid().nullable(),
    paidAt: p.datetime().nullable(),
    /** The administrator who took the money. */
    paidBy: p.integer().nullable(),
    paidWith: p.enum(paymentMethods).nullable(),
    /** The online payment that booked it. */
    paymentId: p.uuid().nullable(),
    /** The end that the hold had first; set when its payment begins, which may move `expiresAt`, once. */
    heldUntil: p.datetime().nullable(),
  },
  indexes: [
    { name: 'bookings_user_id_id_idx', properties: ['userId', 'id'] },
    // Ids begin with the time: these serve the newest bookings, and ranges of days.
    { name: 'bookings_id_idx', properties: ['id'] },
    {
      name: 'bookings_not_booked_idx',
      expression: "create index bookings_not_booked_idx on booking.bookings (status, id) where status <> 'booked'",
    },
    // Finds the holds that have ended.
    {
      name: 'bookings_held_idx',
      expression: "create index bookings_held_idx on booking.bookings (expires_at) where status = 'held'",
    },
    // Finds what must be refunded.
    {
      name: 'bookings_cancelled_paid_idx',
      expression:
        "create index bookings_cancelled_paid_idx on booking.bookings (cancelled_at, payment_id) where status = 'cancelled' and payment_id is not null",
    },
    {
      name: 'bookings_code_idx',
      expression: 'create index bookings_code_idx on booking.bookings (code) where code is not null',
    },
    // Finds the payments of a day.
    {
      name: 'bookings_paid_at_idx',
      expression: 'create index bookings_paid_at_idx on booking.bookings (paid_at) where paid_at is not null',
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
 * a seat of a show is sold at most once at a time. Cancelling deletes the row, and so does the end of a hold.
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
    /** Whose it is. Null for claims made before holds existed by a worker of an earlier release. */
    userId: p.integer().nullable(),
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
    /** The booking that a successful request made or changed. */
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

/**
 * What must happen elsewhere because of a decision, written in the transaction that decides it. Removed once the
 * job that does it, which has the same id, is in its queue.
 */
export const OutboxRow = defineEntity({
  name: 'OutboxRow',
  schema: 'booking',
  tableName: 'outbox',
  properties: {
    showId: p.integer().primary().autoincrement(false),
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    /** The order of a show's rows: its turns commit one after another. */
    seq: p.bigint('number').autoincrement(),
    kind: p.text(),
    data: p.json<object>(),
    createdAt: p.datetime().defaultRaw('transaction_timestamp()'),
  },
  indexes: [{ name: 'outbox_seq_idx', properties: ['seq'] }],
});

/** What the show's line decided about an authorised payment. There is one for each, and it never changes. */
export const PaymentVerdict = defineEntity({
  name: 'PaymentVerdict',
  schema: 'booking',
  tableName: 'payment_verdicts',
  properties: {
    showId: p.integer().primary().autoincrement(false),
    paymentId: p.uuid().primary(),
    bookingId: p.uuid(),
    /** Whether it booked the booking. */
    accepted: p.boolean(),
    /** Why it did not. */
    problem: p.json<Problem>().nullable(),
    decidedAt: p.datetime(),
  },
  checks: [{ name: 'payment_verdicts_check', expression: 'accepted = (problem is null)' }],
});
