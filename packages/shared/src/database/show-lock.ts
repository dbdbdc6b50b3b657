/**
 * First key of the transaction-level advisory lock on one show; the second is the show's id.
 *
 * The booking-worker takes it shared, `pg_advisory_xact_lock_shared(7230, show_id)`, at the start of a
 * transaction that books. The catalog takes it exclusively, `pg_advisory_xact_lock(7230, show_id)`, before
 * it checks whether bookings prevent deleting a show or changing its seats, so the check never misses a
 * booking that is about to commit. Each side must read its rows in a statement after the one that locks,
 * or it sees a snapshot from before the wait. Selling a seat never relies on this lock: the primary key of
 * `booking.seat_claims` decides.
 */
export const showLockClass = 7230;
