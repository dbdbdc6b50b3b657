import { setTimeout as delay } from 'node:timers/promises';
import type { History, Violation } from './checker/history.ts';
import type { World } from './world/world.ts';

type Rows = Omit<History, 'operations'>;

/** All in one statement, and so of one moment; times on the clock of the histories. */
const sql = `select
  (select coalesce(json_agg(json_build_object('id', id, 'show', show_id, 'user', user_id, 'seats', seats,
    'status', status, 'cancelledBy', cancelled_by,
    'decided', extract(epoch from created_at) * 1000 - $2)), '[]') from booking.bookings where show_id = any($1)) as bookings,
  (select coalesce(json_agg(json_build_object('show', show_id, 'seat', seat_number, 'booking', booking_id)), '[]')
    from booking.seat_claims where show_id = any($1)) as claims,
  (select coalesce(json_agg(json_build_object('id', id, 'show', show_id, 'user', user_id, 'kind', kind, 'status', status,
    'code', problem ->> 'code', 'booking', booking_id, 'key', encode(key_hash, 'hex'))), '[]')
    from booking.requests where show_id = any($1)) as outcomes`;

/** Reads the rows of these shows once they have stopped changing: unanswered requests may still be queued. */
export async function settledRows(world: World, shows: readonly number[]): Promise<Rows> {
  const nothing: Rows = { bookings: [], claims: [], outcomes: [] };
  const read = async () => (await world.servers.sql<Rows>(sql, [shows, performance.timeOrigin]))[0] ?? nothing;
  let rows = await read();
  for (let tries = 20; tries > 0; tries--) {
    await delay(250);
    const later = await read();
    if (JSON.stringify(later) === JSON.stringify(rows)) return later;
    rows = later;
  }
  return rows;
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
