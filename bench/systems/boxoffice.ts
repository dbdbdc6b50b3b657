import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@boxoffice/local-servers/free-port';
import { migrate } from '@boxoffice/shared/database/migrate';
import { queueName } from '@boxoffice/shared/partition';
import { Redis } from 'ioredis';
import { seatsPerRow, seatsPerShow } from '../workloads/workloads.ts';
import type { Cleanup } from './cleanup.ts';
import { type LoadedProcess, startProcess } from './process.ts';
import { openPool, type Servers } from './servers.ts';
import type { RowCounts, System } from './system.ts';

/** Polling interval of the queues, in milliseconds: the precision of "the last outcome". */
const pollEveryMs = 10;
/** An empty queue may still be about to receive requests. Longer than a gateway holds any back, in milliseconds. */
const staysEmptyMs = 100;
/** After this long, missing outcomes are considered lost, in milliseconds. */
const drainTimeoutMs = 120_000;
const serviceFile = (name: string) => resolve(import.meta.dirname, '../../services', name, 'src/server.ts');

/** Starts Boxoffice as `pnpm start` does in production: one gateway, catalog and booking-worker, default settings. */
export async function startBoxoffice(servers: Servers, cleanup: Cleanup, signal: AbortSignal): Promise<System> {
  await migrate(servers.postgres.url);
  const pool = await openPool(servers, null, cleanup);
  const redis = new Redis(servers.redis.url, { maxRetriesPerRequest: 1 });
  redis.on('error', () => {});
  cleanup.add(async () => redis.disconnect());

  const ports = { gateway: await freePort(), catalog: await freePort(), worker: await freePort() };
  const env = {
    DATABASE_URL: servers.postgres.url,
    REDIS_URL: servers.redis.url,
    JWT_PRIVATE_KEY: servers.privateKeyPem,
    PORT: String(ports.gateway),
    CATALOG_PORT: String(ports.catalog),
    WORKER_PORT: String(ports.worker),
  };
  const start = async (name: 'gateway' | 'catalog' | 'worker') => {
    const file = serviceFile(name === 'worker' ? 'booking-worker' : name);
    const running = await startProcess({ name, file, port: ports[name], env, folder: servers.folder, signal });
    cleanup.add(() => running.stop());
    return running;
  };
  const services: LoadedProcess[] = await Promise.all([start('gateway'), start('worker'), start('catalog')]);
  const [gateway, worker, catalog] = services;
  const partitions = Number(await redis.get('boxoffice:partitions'));

  /** Describes the jobs in these states, by queue. */
  const countJobs = async (states: { lists: string[]; sets: string[] }) => {
    const pipeline = redis.pipeline();
    const names: string[] = [];
    for (let partition = 0; partition < partitions; partition++) {
      for (const list of states.lists) pipeline.llen(`bull:${queueName(partition)}:${list}`);
      for (const set of states.sets) pipeline.zcard(`bull:${queueName(partition)}:${set}`);
      names.push(...[...states.lists, ...states.sets].map((state) => `${queueName(partition)} ${state}`));
    }
    const counts = (await pipeline.exec()) ?? [];
    return names.flatMap((name, i) => (Number(counts[i]?.[1]) > 0 ? [`${name}: ${counts[i]?.[1]}`] : []));
  };

  return {
    name: 'boxoffice',
    url: gateway?.url ?? '',
    processes: {
      gateway: gateway?.pid ?? 0,
      worker: worker?.pid ?? 0,
      catalog: catalog?.pid ?? 0,
      redis: servers.redis.pid,
      postgres: servers.postgres.pid,
    },
    pool,
    async addShows(count) {
      for (const service of services) service.truncateLog();
      const { rows } = await pool.query<{ id: number }>(
        `with movie as (insert into catalog.movies (title, duration_minutes) values ('Benchmark', 90) returning id)
         insert into catalog.shows (movie_id, screen_name, date_time, total_seats, seats_per_row)
         select id, 'Screen 1', now() + interval '7 days', $2, $3 from movie, generate_series(1, $1) returning id`,
        [count, seatsPerShow, seatsPerRow],
      );
      return rows.map(({ id }) => id);
    },
    async countRows(shows) {
      const { rows } = await pool.query<RowCounts>(
        `with seats as (
             select show_id, unnest(seats) as seat, id from booking.bookings where show_id = any($1) and status = 'booked'
           ), claims as (select * from booking.seat_claims where show_id = any($1))
         select (select count(*)::int from booking.bookings where show_id = any($1) and status = 'booked') as booked,
           (select count(*)::int from booking.bookings where show_id = any($1) and status = 'cancelled') as cancelled,
           (select count(*)::int from (select from seats group by show_id, seat having count(*) > 1) as twice) as "soldTwice",
           (select count(*)::int from seats full join claims
             on claims.show_id = seats.show_id and claims.seat_number = seats.seat and claims.booking_id = seats.id
             where seats.id is null or claims.booking_id is null) as unmatched`,
        [shows],
      );
      return rows[0] as RowCounts;
    },
    async drained(stopping) {
      const deadline = performance.now() + drainTimeoutMs;
      // The gateway may not have read everything a generator sent before it disconnected. Once this is answered, it has.
      let allRead = false;
      const reading = fetch(`${gateway?.url}/livez`, { signal: stopping }).then(() => {
        allRead = true;
      });
      let emptySince: number | null = null;
      while (!allRead || emptySince === null || performance.now() - emptySince < staysEmptyMs) {
        stopping.throwIfAborted();
        const nowMs = performance.now();
        if (nowMs > deadline) throw new Error('Some accepted requests had no outcome after two minutes');
        const empty = (await countJobs({ lists: ['wait', 'active'], sets: [] })).length === 0;
        emptySince = empty ? (emptySince ?? nowMs) : null;
        await delay(pollEveryMs);
      }
      await reading;
      return emptySince;
    },
    queueLeftovers: () =>
      countJobs({
        lists: ['wait', 'active', 'paused'],
        sets: ['failed', 'delayed', 'prioritized', 'waiting-children'],
      }),
  };
}
