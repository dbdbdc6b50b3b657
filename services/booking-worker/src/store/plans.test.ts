/** How PostgreSQL runs the statements of a turn on large tables, when they were prepared while the tables were empty. */
import type { BookingRequest } from '@boxoffice/shared/contracts/jobs';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { createLogger } from '@boxoffice/shared/service/logging';
import { createTestDatabase } from '@boxoffice/testing/database';
import { envelope } from '@boxoffice/testing/envelope';
import { fillTables } from '@boxoffice/testing/large-tables';
import { collectStatements, explainEverything, type RunStatement } from '@boxoffice/testing/plans';
import pg from 'pg';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { partitionTables } from '../../../../scripts/partition-tables/partition-tables.ts';
import { presenceClass } from '../leases/inspect-locks.ts';
import { TurnMetrics } from '../metrics.ts';
import { Turns } from '../turn.ts';
import { BookingStore, turnSettings } from './booking-store.ts';

const statements: RunStatement[] = [];
const stops: (() => Promise<unknown>)[] = [];
let decide: (requests: BookingRequest[]) => Promise<RunStatement[]>;
let endBookings: () => Promise<unknown>;
let owner: MikroORM;

beforeAll(async () => {
  const database = await createTestDatabase();
  stops.unshift(database.drop);
  owner = await openDatabase({ url: database.url });
  stops.unshift(() => owner.close());
  await explainEverything(database.url);
  const settings = turnSettings;
  const orm = await openDatabase({ url: database.url, role: 'boxoffice_worker', poolSize: 1, settings });
  stops.unshift(() => orm.close());
  await collectStatements(orm, statements);
  const leaseHolder = new pg.Client({ connectionString: database.url });
  await leaseHolder.connect();
  stops.unshift(() => leaseHolder.end());
  const { rows } = await leaseHolder.query<{ session: number }>(
    'select 1 as session from pg_try_advisory_lock($1, 1)',
    [presenceClass],
  );
  const lease = { partition: 0, session: rows[0]?.session ?? 0 };

  const logger = createLogger('booking-worker', { LOG_LEVEL: 'error' });
  const store = new BookingStore(orm);
  endBookings = () => store.endBookings([lease], { partitionCount: 1, cancelledWithinSeconds: 600 });
  const turns = new Turns({ store, logger, metrics: new TurnMetrics(new Registry()) });
  decide = async (requests) => {
    statements.length = 0;
    const outcomes = await turns.decide(requests, lease);
    expect(outcomes.map(({ status }) => status)).toEqual(requests.map(() => 'succeeded'));
    return statements.slice();
  };

  // From the sixth run on PostgreSQL reuses a plan.
  await owner.em.execute("insert into catalog.movies (id, title, duration_minutes) values (0, 'The Last Reel', 118)");
  await owner.em.execute(
    `insert into catalog.shows (id, movie_id, screen_name, date_time, total_seats)
     values (100001, 0, 'Screen 1', now() + interval '1 day', 1000)`,
  );
  for (let row = 0; row < 7; row++) {
    const requests = book(row, 1);
    await decide(requests);
    await decide(cancel(requests));
  }
  await fillTables(owner);
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

const show = 100_001;
const rowsOfSeats = 'KLMNOPQRST';
const book = (row: number, seats: number) =>
  envelope(
    show,
    Array.from({ length: seats }, (_, seat) => ({
      seats: [`${rowsOfSeats[row + Math.floor(seat / 10)]}${(seat % 10) + 1}`],
    })),
  );
const cancel = (booked: BookingRequest[]) =>
  envelope(
    show,
    booked.map(({ id }) => ({ cancel: id })),
  );

test.each([1, 20])(
  '%i requests are decided by a constant number of statements, each of which only looks up keys',
  async (size) => {
    const booked = book(0, size);
    const runs = [await decide(booked), await decide(cancel(booked))];
    expect(runs.map((run) => run.length)).toEqual([3, 4]); // locks, state, changes; and the outcomes of cancellations
    for (const run of runs) {
      expect(run.flatMap(({ readWhole }) => readWhole)).toEqual([]);
      const rows = run.reduce((sum, one) => sum + one.rows, 0);
      expect(rows).toBeLessThanOrEqual(1 + 3 * size);
      expect(run.reduce((sum, one) => sum + one.pages, 0)).toBeLessThanOrEqual(40 * size + 20);
    }
  },
);

test.each([1, 20])('%i holds are made, confirmed and ended by statements that only look up keys', async (size) => {
  const seats = Array.from(
    { length: size },
    (_, seat) => `${rowsOfSeats[8 + Math.floor(seat / 10)]}${(seat % 10) + 1}`,
  );
  const held = envelope(
    show,
    seats.map((seat) => ({ hold: [seat] })),
  );
  const confirms = envelope(
    show,
    held.map(({ id }) => ({ confirm: id })),
  );
  const runs = [await decide(held), await decide(confirms), await decide(cancel(held))];
  expect(runs.map((run) => run.length)).toEqual([3, 4, 4]);
  for (const run of runs) {
    expect(run.flatMap(({ readWhole }) => readWhole)).toEqual([]);
    expect(run.reduce((sum, one) => sum + one.pages, 0)).toBeLessThanOrEqual(60 * size + 20);
  }
  statements.length = 0;
  await endBookings();
  expect(statements.length).toBeGreaterThan(0);
  expect(statements.flatMap(({ readWhole }) => readWhole)).toEqual([]);
});

test('after tables with rows have been partitioned by show, a turn scans only the partitions of its show', async () => {
  const count = async () => (await owner.em.execute('select count(*) from booking.bookings'))[0];
  const before = await count();
  await partitionTables(owner.em.fork(), 8);
  expect(await count()).toEqual(before);
  await expect(partitionTables(owner.em.fork(), 8)).rejects.toThrow(/partitioned already/);
  const held = envelope(show, [{ hold: ['T9'] }, { hold: ['T10'] }]);
  const confirms = envelope(
    show,
    held.map(({ id }) => ({ confirm: id })),
  );
  const booked = book(4, 20);
  const runs: RunStatement[] = [];
  for (const requests of [booked, held, confirms, cancel([...booked, ...held])]) runs.push(...(await decide(requests)));
  expect(runs.flatMap(({ readWhole }) => readWhole)).toEqual([]);
  const scanned = runs.flatMap((run) => run.scanned).filter((table) => /_p\d+$/.test(table));
  expect([...new Set(scanned)].map((table) => table.replace(/_p\d+$/, '')).sort()).toEqual([
    'bookings',
    'requests',
    'seat_claims',
  ]);
  statements.length = 0;
  await endBookings();
  expect(statements.flatMap(({ readWhole }) => readWhole)).toEqual([]);
});
