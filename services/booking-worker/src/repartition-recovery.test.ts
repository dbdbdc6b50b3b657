/** What a worker does when `pnpm repartition` dies halfway, or Redis or PostgreSQL loses a part of the change. */
import { openDatabase } from '@boxoffice/shared/database/orm';
import { leaseLockClass, queueName } from '@boxoffice/shared/partition';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openPatientRedis, type RedisClient } from '@boxoffice/shared/service/redis';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { envelope } from '@boxoffice/testing/envelope';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openQueue } from '../test/open-queue.ts';
import { buildWorker } from './worker.ts';

const logger = createLogger('booking-worker', { LOG_LEVEL: 'silent' });

let database: TestDatabase;
let server: TestRedis;
let admin: Awaited<ReturnType<typeof openDatabase>>;
let orm: typeof admin;
let redis: RedisClient;
let worker: ReturnType<typeof buildWorker>;
beforeAll(async () => {
  [database, server] = await Promise.all([createTestDatabase(), createTestRedis()]);
  admin = await openDatabase({ url: database.url, poolSize: 2 });
  orm = await openDatabase({ url: database.url, role: 'boxoffice_worker', poolSize: 4, pipeline: true });
  redis = openPatientRedis(server.url, logger);
  worker = buildWorker({ databaseUrl: database.url, logger, orm, redis });
});
afterAll(async () => {
  await worker.stop();
  await worker.http.close();
  await Promise.all([orm.close(), admin.close()]);
  redis.disconnect();
  await Promise.all([database.drop(), server.drop()]);
});

const rows = <Row extends object>(sql: string) => admin.em.getConnection().execute<Row[]>(sql);
/** Requests of one show for one seat, in a partition that has not existed since there were 8. */
const leftover = [1, 2].map((user) => envelope(7, [{ seats: ['A1'], user }], 8));

const newestRow = async () =>
  (
    await rows<object>('select generation, partitions from installation.partitionings order by generation desc limit 1')
  )[0];

/** Does something with a partition's queue. */
async function withQueue<Result>(partition: number, work: (queue: EnvelopeQueue) => Promise<Result>): Promise<Result> {
  const queue = new EnvelopeQueue(partition, redis);
  return work(queue).finally(() => queue.close());
}

/** One has been handed out to a worker that is gone, one waits. */
async function leaveEnvelopes(): Promise<void> {
  await rows(
    `with movie as (insert into catalog.movies (title, duration_minutes) values ('The Last Reel', 118) returning id)
     insert into catalog.shows (id, movie_id, screen_name, date_time, total_seats)
     select 7, id, 'Screen 1', now() + interval '1 day', 100 from movie`,
  );
  const queue = openQueue(server.url, 7);
  await queue.add(leftover[0] ?? []);
  await queue.takeAndForget();
  await queue.add(leftover[1] ?? []);
  await queue.close();
}

it('opens the queues again, whichever was closed and whoever owns partition 0, under a generation that no queue knows', async () => {
  await leaveEnvelopes();
  const connection = admin.em.getConnection();
  const other = await connection.begin();
  await connection.execute(`select pg_advisory_lock(${leaseLockClass}, 0)`, [], 'all', other);
  await withQueue(1, (queue) => queue.acceptFrom(5));
  worker.start(2);
  await eventually(async () => expect(await newestRow()).toEqual({ generation: 6, partitions: 2 }));
  expect([...worker.leases.held]).toEqual([1]);
  await connection.execute(`select pg_advisory_unlock(${leaseLockClass}, 0)`, [], 'all', other);
  await connection.rollback(other);
});

it('restores the fences that keep outdated gateways out of every queue, if Redis has lost them', async () => {
  await eventually(() => worker.leases.held.has(0));
  for (const partition of [0, 1, 2, 255])
    await eventually(async () => expect(await redis.get(`bull:${queueName(partition)}:least`)).toBe('6'));
});

it('decides requests that are found in the queue of a partition that no longer exists', async () => {
  await eventually(async () =>
    expect(
      await rows(
        'select id::text, status from booking.bookings union all select id::text, status from booking.requests',
      ),
    ).toEqual([
      { id: leftover[0]?.[0]?.id, status: 'booked' },
      { id: leftover[1]?.[0]?.id, status: 'rejected' },
    ]),
  );
  await eventually(() => !worker.leases.held.has(7));
});

it('records the number of partitions where earlier releases look for it', async () => {
  expect(await redis.get('boxoffice:partitions')).toBe('2');
});

it('keeps no connections to former partitions, however often the number changes', async () => {
  const { db } = (redis as Redis).options;
  const clients = async () => {
    const list = (await redis.client('LIST')) as string;
    return list.split('\n').filter((line) => line.includes(` db=${db} `)).length;
  };
  for (let change = 1; change <= 10; change++) {
    const partitions = change % 2 === 0 ? 2 : 5;
    await rows(
      `insert into installation.partitionings (generation, partitions)
       select max(generation) + 1, ${partitions} from installation.partitionings`,
    );
    await eventually(() => worker.leases.held.size === partitions);
    await eventually(async () => expect(await clients()).toBe(1 + partitions)); // a shared one, and each partition's own
  }
});
