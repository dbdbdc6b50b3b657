import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@boxoffice/local-servers/free-port';
import { peerSchemaSql } from '../peers/schema.ts';
import { type SystemName, seatsPerRow, seatsPerShow } from '../workloads/workloads.ts';
import type { Cleanup } from './cleanup.ts';
import { startProcess } from './process.ts';
import { openPool, type Servers, urlOf } from './servers.ts';
import type { LiveBooking, RowCounts, System } from './system.ts';

const files = {
  direct: fileURLToPath(new URL('../peers/direct.ts', import.meta.url)),
  'row lock': fileURLToPath(new URL('../peers/row-lock.ts', import.meta.url)),
};

/** Starts a peer with its own database on the shared server. */
export async function startPeer(
  name: Exclude<SystemName, 'boxoffice'>,
  servers: Servers,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<System> {
  const key = name.replace(' ', '_');
  const pool = await openPool(servers, key, cleanup);
  await pool.query(peerSchemaSql);
  const port = await freePort();
  const running = await startProcess({
    name: key,
    file: files[name],
    port,
    env: { DATABASE_URL: urlOf(pool), JWT_PRIVATE_KEY: servers.privateKeyPem, PORT: String(port) },
    folder: servers.folder,
    signal,
  });
  cleanup.add(() => running.stop());
  return {
    name,
    url: running.url,
    processes: { peer: running.pid, postgres: servers.postgres.pid },
    pool,
    async addShows(count, seats = seatsPerShow) {
      running.truncateLog();
      const { rows } = await pool.query<{ id: number }>(
        `insert into shows (date_time, total_seats, seats_per_row)
         select now() + interval '7 days', $2, $3 from generate_series(1, $1) returning id`,
        [count, seats, seatsPerRow],
      );
      return rows.map(({ id }) => id);
    },
    async countRows(shows) {
      const { rows } = await pool.query<RowCounts>(
        `select (count(*) filter (where status = 'booked'))::int as booked,
           (count(*) filter (where status = 'cancelled'))::int as cancelled,
           (count(*) filter (where status = 'booked')
             - count(distinct (show_id, seat_number)) filter (where status = 'booked'))::int as "soldTwice",
           0 as unmatched
         from bookings where show_id = any($1)`,
        [shows],
      );
      return rows[0] as RowCounts;
    },
    async liveBookings(show) {
      const { rows } = await pool.query<LiveBooking>(
        `select hold_id as id, array_agg(seat_number order by bookings.id) as seats, min(status) as status from bookings
         where show_id = $1 and status in ('held', 'booked') group by hold_id order by min(bookings.id)`,
        [show],
      );
      return rows;
    },
    async drained(stopping) {
      // Connections can be idle briefly, between requests that wait for the pool, so one sample is not enough.
      for (let idleSamples = 0; idleSamples < 3; ) {
        stopping.throwIfAborted();
        const { rows } = await pool.query(
          `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
        );
        idleSamples = rows.length === 0 ? idleSamples + 1 : 0;
        await delay(10);
      }
      return performance.now();
    },
    queueLeftovers: async () => [],
  };
}
