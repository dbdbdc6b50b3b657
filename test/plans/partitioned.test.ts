/** Which partitions are read once `pnpm partition-tables` has partitioned the booking tables by show. */
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { createTestDatabase } from '@boxoffice/testing/database';
import { envelope } from '@boxoffice/testing/envelope';
import { collectStatements, explainEverything, type RunStatement } from '@boxoffice/testing/plans';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { partitionTables } from '../../scripts/partition-tables/partition-tables.ts';
import { findOccupancies, listLiveClaims } from '../../services/catalog/src/repositories/seat-claims.ts';
import { Bookings, StoredOutcomes } from '../../services/gateway/src/bookings/index.ts';

const shows = 40;
const partitions = 8;
const [booked] = envelope(7, [{ seats: ['A1'] }]);
const id = booked?.id ?? '';
const statements: RunStatement[] = [];
const stops: (() => Promise<unknown>)[] = [];
let gateway: MikroORM;
let catalog: MikroORM;

beforeAll(async () => {
  const database = await createTestDatabase();
  stops.unshift(database.drop);
  const owner = await openDatabase({ url: database.url });
  stops.unshift(() => owner.close());
  await owner.em.execute(
    `insert into catalog.movies (id, title, duration_minutes) values (1, 'The Last Reel', 118);
     insert into catalog.shows (id, movie_id, screen_name, date_time, total_seats)
       select n, 1, 'Screen 1', now() + interval '1 day', 100 from generate_series(1, ${shows}) as n;
     insert into booking.bookings (show_id, id, user_id, seats, status, created_at)
       select n, case n when 7 then '${id}' else gen_random_uuid() end, 1, '{A1}', 'booked', now()
       from generate_series(1, ${shows}) as n;
     insert into booking.seat_claims (show_id, seat_number, booking_id, user_id)
       select show_id, 'A1', id, user_id from booking.bookings;
     insert into booking.requests (show_id, id, user_id, kind, status, booking_id, key_hash, decided_at)
       select show_id, id, user_id, 'book', 'succeeded', id, '\\x01', now() from booking.bookings`,
  );
  await partitionTables(owner.em.fork(), partitions);
  await explainEverything(database.url);
  const open = async (role: 'boxoffice_gateway' | 'boxoffice_catalog') => {
    const orm = await openDatabase({ url: database.url, role });
    stops.unshift(() => orm.close());
    await collectStatements(orm, statements);
    return orm;
  };
  gateway = await open('boxoffice_gateway');
  catalog = await open('boxoffice_catalog');
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

/** The tables, each with the partitions that a read scans. */
async function tablesOf(read: () => Promise<unknown>): Promise<string[]> {
  statements.length = 0;
  expect(await read()).toBeTruthy();
  const scanned = new Set(statements.flatMap((statement) => statement.scanned));
  return [...scanned].flatMap((table) => /^(.*)_p\d+$/.exec(table)?.[1] ?? []).sort();
}

test('reads that name a show, or an id that does, scan one partition of each table', async () => {
  const bookings = new Bookings(gateway);
  const outcomes = new StoredOutcomes(gateway);
  expect(await tablesOf(() => bookings.find(id))).toEqual(['bookings']);
  expect(await tablesOf(() => outcomes.findMany([id]))).toEqual(['bookings', 'requests']);
  expect(await tablesOf(() => listLiveClaims(catalog.em.fork(), 7))).toEqual(['seat_claims']);
  expect(await tablesOf(() => findOccupancies(catalog.em.fork(), [7]))).toEqual(['seat_claims']);
});

test('reads that name none scan all partitions, and return the same', async () => {
  const list = () => new Bookings(gateway).list({ user_id: 1, page: 1, page_size: 100 });
  expect(await tablesOf(list)).toEqual(Array(partitions).fill('bookings'));
  expect((await list()).count).toBe(shows);
});
