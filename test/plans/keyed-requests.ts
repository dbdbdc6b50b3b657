import { hash } from 'node:crypto';
import { problem } from '@boxoffice/shared/contracts/problems';

/** Ids of requests by user 1: a booking, a cancellation, the booking that it cancelled, and a rejection. */
export const ids = { booked: '', cancelling: '', cancelled: '', rejected: '' };
/** The Idempotency-Key of the cancellation. Redis does not know it. */
export const keyOfCancellation = 'a key that Redis has forgotten';

/** Gives every request of the large tables a key, adds a rejection, and sets `ids`. */
export async function addKeyedRequests(run: <Row extends object>(statement: string) => Promise<Row[]>): Promise<void> {
  const [found] = await run<typeof ids>(
    `select min(id::text) filter (where status = 'booked') as booked, min(cancelled_by::text) as cancelling,
       min(id::text) filter (where status = 'cancelled') as cancelled from booking.bookings where user_id = 1`,
  );
  Object.assign(ids, found);
  const half = (text: string) => `'\\x${hash('sha256', text).slice(0, 32)}'::bytea`;
  const random = "decode(md5(id::text), 'hex')";
  await run(`update booking.requests set key_hash = ${random}, fingerprint = ${random}`);
  await run(
    `update booking.requests set key_hash = ${half(keyOfCancellation)},
       fingerprint = ${half(`POST /api/bookings/${ids.cancelled}/cancel/\n`)} where id = '${ids.cancelling}'`,
  );
  ids.rejected = ids.cancelled.replace(/.$/, '2');
  await run(
    `insert into booking.requests (show_id, id, user_id, kind, status, problem, decided_at)
     select show_id, '${ids.rejected}', 1, 'book', 'rejected', '${JSON.stringify(problem('seat_taken'))}', now()
     from booking.requests where id = '${ids.cancelling}'`,
  );
}
