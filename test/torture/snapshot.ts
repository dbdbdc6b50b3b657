import { setTimeout as delay } from 'node:timers/promises';
import type { History, Violation } from './checker/history.ts';
import { now } from './clients/now.ts';
import type { World } from './world/world.ts';

type Rows = Omit<History, 'operations' | 'shows' | 'verdicts'>;

/** Holds are marked as expired this long after their end at the latest, in milliseconds. */
const expiredWithinMs = 2_000;

const onOurClock = (time: string) => `(extract(epoch from ${time}) * 1000 - $2)::float8`;

/** All in one statement, and so of one moment; times on the clock of the histories. */
const sql = `select
  (select coalesce(json_agg(json_build_object('id', id, 'show', show_id, 'user', user_id, 'seats', seats,
    'status', status, 'cancelledBy', cancelled_by, 'decided', ${onOurClock('created_at')},
    'expires', ${onOurClock('expires_at')}, 'confirmedBy', confirmed_by, 'cancelled', ${onOurClock('cancelled_at')},
    'cancelReason', cancel_reason, 'paid', paid_at is not null, 'total', total,
    'currency', currency, 'payment', payment_id, 'heldUntil', ${onOurClock('held_until')})), '[]') from booking.bookings where show_id = any($1)) as bookings,
  (select coalesce(json_agg(json_build_object('show', show_id, 'seat', seat_number, 'booking', booking_id)), '[]')
    from booking.seat_claims where show_id = any($1)) as claims,
  (select coalesce(json_agg(json_build_object('id', id, 'show', show_id, 'user', user_id, 'kind', kind, 'status', status,
    'code', problem ->> 'code', 'taken', problem -> 'seats', 'booking', booking_id, 'key', encode(key_hash, 'hex'),
    'decided', ${onOurClock('decided_at')})), '[]')
    from booking.requests where show_id = any($1)) as outcomes,
  ${onOurClock('statement_timestamp()')} as "readAt"`;

const heldSql = `select (max(extract(epoch from expires_at - clock_timestamp())) * 1000)::float8 as "leftMs"
  from booking.bookings where status = 'held' and show_id = any($1)`;

/** Reads the rows of these shows once they have stopped changing: unanswered requests may still be queued. */
export async function settledRows(world: World, shows: readonly number[]): Promise<Rows> {
  const nothing: Rows = { bookings: [], claims: [], outcomes: [], readAt: 0 };
  const read = async () => (await world.servers.sql<Rows>(sql, [shows, performance.timeOrigin]))[0] ?? nothing;
  let rows = await read();
  for (let tries = 20; tries > 0; tries--) {
    await delay(250);
    const later = await read();
    if (isSame(later, rows)) return later;
    rows = later;
  }
  return rows;
}

const isSame = (one: Rows, other: Rows) =>
  JSON.stringify({ ...one, readAt: 0 }) === JSON.stringify({ ...other, readAt: 0 });

/** Waits until no hold of these shows is left, but not longer than their owners may take to end them. */
export async function holdsEnded(world: World, shows: readonly number[], lostSince: (from: number) => number) {
  const startedAt = now();
  let dueMs = 0;
  for (;;) {
    const [row] = await world.servers.sql<{ leftMs: number | null }>(heldSql, [shows]);
    const waitedMs = now() - startedAt;
    if (row?.leftMs === null || row?.leftMs === undefined) return;
    dueMs = Math.max(dueMs, waitedMs + row.leftMs + expiredWithinMs);
    if (waitedMs > dueMs + lostSince(startedAt)) return;
    await delay(100);
  }
}

/**
 * Promise 1 rests on PostgreSQL alone: whatever else keeps a seat from being sold twice, a second claim
 * must be refused by a key. Tried on a claim that is there, and taken back.
 */
export async function checkKey({ servers }: World): Promise<Violation[]> {
  const [claim] = await servers.sql('select 1 from booking.seat_claims limit 1');
  if (!claim) return [];
  const refused = await servers
    .sql(
      `do $$ begin
        insert into booking.seat_claims select * from booking.seat_claims limit 1;
        raise exception 'a second claim was let in';
      end $$`,
    )
    .then(
      () => null,
      (error: { code?: string; message: string }) => error,
    );
  if (refused?.code === '23505') return [];
  return [
    { rule: 'one buyer per seat', text: `PostgreSQL does not refuse a second claim on a seat: ${refused?.message}` },
  ];
}
