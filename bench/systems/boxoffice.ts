import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@boxoffice/local-servers/free-port';
import { migrate } from '@boxoffice/shared/database/migrate';
import { queueName } from '@boxoffice/shared/partition';
import { Redis } from 'ioredis';
import { seatsPerRow, seatsPerShow } from '../workloads.ts';
import { type LoadedProcess, startProcess } from './process.ts';
import { openPool, type Servers } from './servers.ts';
import type { RowCounts, Started, System } from './system.ts';

/** How often the queues are looked at, in milliseconds: what "the last outcome" is good to. */
const lookEveryMs = 10;
/** Requests may still be on their way into a queue when it is empty; longer than any is held back, in milliseconds. */
const staysEmptyMs = 100;
/** Outcomes that are not there after this long will never come, in milliseconds. */
const drainTimeoutMs = 120_000;
const serviceFile = (name: string) => resolve(import.meta.dirname, '../../services', name, 'src/server.ts');

/** Starts Boxoffice as `pnpm start` does in production: catalog, one booking-worker, one gateway, default settings. */
export async function startBoxoffice(servers: Servers, started: Started, signal: AbortSignal): Promise<System> {
  await migrate(servers.postgres.url);
  const pool = await openPool(servers, null, started);
  const redis = new Redis(servers.redis.url, { maxRetriesPerRequest: 1 });
  redis.on('error', () => {});
  started.add(async () => redis.disconnect());

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
    started.add(() => running.stop());
    return running;
  };
  const services: LoadedProcess[] = await Promise.all([start('gateway'), start('worker'), start('catalog')]);
  const [gateway, worker, catalog] = services;
  const partitions = Number(await redis.get('boxoffice:partitions'));

  /** Jobs by queue and state, those that nobody has to do anything about left out. */
  const unfinished = async (states: { lists: string[]; sets: string[] }) => {
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
      for (const service of services) service.forgetLog();
      const { rows } = await pool.query<{ id: number }>(
        `with movie as (insert into catalog.movies (title, duration_minutes) values ('Benchmark', 90) returning id)
         insert into catalog.shows (movie_id, screen_name, date_time, total_seats, seats_per_row)
         select id, 'Screen 1', now() + interval '7 days', $2, $3 from movie, generate_series(1, $1) returning id`,
        [count, seatsPerShow, seatsPerRow],
      );
      return rows.map(({ id }) => id);
    },
    async rowsOf(shows) {
      const { rows } = await pool.query<RowCounts>(
        `with seats as (
             select show_id, unnest(seats) as seat, id from booking.bookings where show_id = any($1) and status = 'booked'
           ), claims as (select * from booking.seat_claims where show_id = any($1))
         select (select count(*)::int from booking.bookings where show_id = any($1) and status = 'booked') as booked,
           (select count(*)::int from booking.bookings where show_id = any($1) and status = 'cancelled') as cancelled,
           (select count(*)::int from (select from seats group by show_id, seat having count(*) > 1) as twice) as "soldTwice",
           (select count(*)::int from seats full join claims
             on claims.show_id = seats.show_id and claims.seat_number = seats.seat and claims.booking_id = seats.id
             where seats.id is null or claims.booking_id is null) as adrift`,
        [shows],
      );
      return rows[0] as RowCounts;
    },
    async drained(stopping) {
      const deadline = performance.now() + drainTimeoutMs;
      // What a generator sent before it hung up may not have been read yet: when this is answered, it has.
      let allRead = false;
      const reading = fetch(`${gateway?.url}/livez`, { signal: stopping }).then(() => {
        allRead = true;
      });
      let emptySince: number | null = null;
      while (!allRead || emptySince === null || performance.now() - emptySince < staysEmptyMs) {
        stopping.throwIfAborted();
        const nowMs = performance.now();
        if (nowMs > deadline) throw new Error('Some accepted requests have had no outcome for two minutes');
        const empty = (await unfinished({ lists: ['wait', 'active'], sets: [] })).length === 0;
        emptySince = empty ? (emptySince ?? nowMs) : null;
        await delay(lookEveryMs);
      }
      await reading;
      return emptySince;
    },
    leftOver: () =>
      unfinished({
        lists: ['wait', 'active', 'paused'],
        sets: ['failed', 'delayed', 'prioritized', 'waiting-children'],
      }),
  };
}
