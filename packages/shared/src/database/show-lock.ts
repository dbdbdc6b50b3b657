/**
 * First key of the transaction-level advisory locks on one show; the second is the show's id.
 *
 * The booking-worker takes it shared, `pg_advisory_xact_lock_shared(7230, show_id)`, as it begins a
 * transaction that books; the catalog takes it alone, `pg_advisory_xact_lock(7230, show_id)`, before
 * it looks whether bookings are in the way of deleting a show or changing its seats. So a check never
 * misses a booking that is about to commit. Each side must read its rows in a statement after the
 * lock's, or it reads a snapshot from before the wait. No seat is ever sold on this lock's word: the
 * primary key of `booking.seat_claims` decides that.
 */
export const showLockClass = 7230;
