/** Workers of this release and of the next one on the same queues. */
import { envelopeVersion } from '@boxoffice/shared/contracts/jobs';
import { openDatabase } from '@boxoffice/shared/database/orm';
import { partitionOf } from '@boxoffice/shared/partition';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openPatientRedis } from '@boxoffice/shared/service/redis';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { envelope, type Wish } from '@boxoffice/testing/envelope';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openQueue } from '../test/open-queue.ts';
import { buildWorker } from './worker.ts';

const partitions = 2;
const logger = createLogger('booking-worker', { LOG_LEVEL: 'silent' });

let database: TestDatabase;
let server: TestRedis;
let stops: (() => Promise<unknown>)[];
let admin: Awaited<ReturnType<typeof openDatabase>>;
let queues: ReturnType<typeof openQueue>[];
beforeEach(async () => {
  [database, server] = await Promise.all([createTestDatabase(), createTestRedis()]);
  admin = await openDatabase({ url: database.url, poolSize: 1 });
  queues = Array.from({ length: partitions }, (_, partition) => openQueue(server.url, partition));
  stops = [];
});
afterEach(async () => {
  for (const stop of stops.toReversed()) await stop();
  await Promise.all(queues.map((queue) => queue.close()));
  await admin.close();
  await Promise.all([database.drop(), server.drop()]);
});

const rows = <Row extends object>(sql: string) => admin.em.getConnection().execute<Row[]>(sql);

async function startWorker(newestVersion = envelopeVersion) {
  const redis = openPatientRedis(server.url, logger);
  const orm = await openDatabase({ url: database.url, role: 'boxoffice_worker', poolSize: 4, pipeline: true });
  const worker = buildWorker({ databaseUrl: database.url, logger, orm, redis, newestVersion });
  worker.start(partitions);
  const stop = async () => {
    await worker.stop();
    await worker.http.close();
    await orm.close();
    redis.disconnect();
  };
  stops.push(stop);
  return {
    ...worker,
    async stop() {
      stops.splice(stops.indexOf(stop), 1);
      await stop();
    },
  };
}

async function addShow(id: number): Promise<void> {
  await rows(
    `with movie as (insert into catalog.movies (title, duration_minutes) values ('The Last Reel', 118) returning id)
     insert into catalog.shows (id, movie_id, screen_name, date_time, total_seats)
     select ${id}, id, 'Screen 1', now() + interval '1 day', 100 from movie`,
  );
}

/** Adds an envelope of this version to its show's queue, and returns its first request's id. */
async function add(version: number | undefined, show: number, wish: Wish): Promise<string> {
  const requests = envelope(show, [wish], partitions);
  await queues[partitionOf(show, partitions)]?.add(requests, version);
  return requests[0]?.id ?? '';
}

/** Outcomes so far: the bookings' states and the recorded outcomes, by request. */
async function outcomeOf(id: string): Promise<string | undefined> {
  const [found] = await rows<{ status: string }>(
    `select status from booking.bookings where id = '${id}' union all select status from booking.requests where id = '${id}'`,
  );
  return found?.status;
}

it('leaves an envelope of the next release, and everything behind it, to a worker of that release', async () => {
  const [show, other] = [2, 3];
  await Promise.all([addShow(show), addShow(other)]);
  const [old, sameAge] = [await startWorker(), await startWorker()];
  await eventually(() => old.leases.held.size === 1 && sameAge.leases.held.size === 1);
  const first = await add(undefined, show, { seats: ['A1'] }); // of the previous release
  await eventually(async () => (await outcomeOf(first)) === 'booked');

  const next = await add(envelopeVersion + 1, show, { cancel: first });
  const behind = await add(envelopeVersion, show, { seats: ['A1'], user: 2 });
  await eventually(() => [old, sameAge].every(({ leases }) => leases.refusals.partitions.join() === '0'));
  await eventually(() => [old, sameAge].every(({ leases }) => !leases.held.has(0)));
  // The other partition is served meanwhile.
  const elsewhere = await add(envelopeVersion, other, { seats: ['A1'] });
  await eventually(async () => (await outcomeOf(elsewhere)) === 'booked');
  expect([await outcomeOf(next), await outcomeOf(behind)]).toEqual([undefined, undefined]);
  const { statusCode, body } = await old.http.inject('/readyz');
  expect([statusCode, JSON.parse(body).checks.versions]).toEqual([
    200,
    'partitions that wait for a worker of a later release: 0',
  ]);
  expect((await old.http.inject('/metrics')).body).toContain('booking_partitions_refused 1');

  const newer = await startWorker(envelopeVersion + 1);
  await eventually(async () => (await outcomeOf(behind)) === 'booked');
  expect([await outcomeOf(first), await outcomeOf(next)]).toEqual(['cancelled', 'succeeded']);
  expect(newer.leases.held.has(0)).toBe(true);

  // Once it has stopped, the others serve the partition again, because they understand everything that is left.
  await newer.stop();
  const last = await add(envelopeVersion, show, { seats: ['A2'] });
  await eventually(async () => (await outcomeOf(last)) === 'booked');
  expect(old.leases.held.size + sameAge.leases.held.size).toBe(2);
});
