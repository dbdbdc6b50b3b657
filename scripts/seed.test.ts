import { readBookingId } from '@boxoffice/shared/booking-id';
import { Booking, SeatClaim } from '@boxoffice/shared/database/entities/booking';
import { Movie, Show } from '@boxoffice/shared/database/entities/catalog';
import { User } from '@boxoffice/shared/database/entities/identity';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { findSeat } from '@boxoffice/shared/seats';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isPassword } from '../services/gateway/src/identity/index.ts';
import { seed } from './seed.ts';

let database: TestDatabase;
let orm: MikroORM;
beforeEach(async () => {
  database = await createTestDatabase();
  orm = await openDatabase({ url: database.url });
});
afterEach(async () => {
  await orm.close(true);
  await database.drop();
});

const userNames = async () =>
  (await orm.em.fork().findAll(User, { orderBy: { id: 'asc' } })).map(({ username }) => username);
const count = () => Promise.all([orm.em.fork().count(Movie), orm.em.fork().count(Show)]);

/** Five movies, eight upcoming shows and 28 past ones. */
const sample = [5, 8 + 28];

test('loads users, movies and shows once; the first show has 80 seats', async () => {
  expect(await seed(database.url)).toEqual({ loaded: true });
  const em = orm.em.fork();
  const demo = await em.findOneOrFail(User, { username: 'demo' });
  expect(demo.role).toBe('user');
  expect(await isPassword('demopass', demo.passwordHash)).toBe(true);
  const admin = await em.findOneOrFail(User, { username: 'admin' });
  expect(admin.role).toBe('admin');
  expect(await isPassword('adminpass', admin.passwordHash)).toBe(true);
  expect(await em.findOneOrFail(Show, 1)).toMatchObject({ totalSeats: 80, seatsPerRow: 10 });
  expect(await em.count(Show, { dateTime: { $lte: new Date() } })).toBe(28);
  expect(await count()).toEqual(sample);
  const bookings = await em.count(Booking);

  expect(await seed(database.url)).toEqual({ loaded: false });
  expect(await count()).toEqual(sample);
  expect(await em.count(Booking)).toBe(bookings);
});

test('of three concurrent runs, one loads the data', async () => {
  const results = await Promise.all([seed(database.url), seed(database.url), seed(database.url)]);
  expect(results.filter(({ loaded }) => loaded)).toHaveLength(1);
  expect(await count()).toEqual(sample);
});

test('creates nobody with a known password in production', async () => {
  await seed(database.url, { environment: 'production' });
  const em = orm.em.fork();
  expect(await em.count(User, { role: 'admin' })).toBe(0);
  expect(await em.findAll(User, { where: { email: { $like: '%@boxoffice.example' } } })).toEqual([]);
});

test('only demo and admin have known passwords', async () => {
  await seed(database.url);
  const buyers = await orm.em.fork().findAll(User, { where: { username: { $nin: ['demo', 'admin'] } } });
  expect(buyers.length).toBeGreaterThan(20);
  const [hash, ...others] = new Set(buyers.map(({ passwordHash }) => passwordHash));
  expect(others).toEqual([]);
  for (const guess of ['demopass', 'adminpass', '', buyers[0]?.username ?? '']) {
    expect(await isPassword(guess, hash ?? '')).toBe(false);
  }
});

test('every booking follows the rules for real ones', async () => {
  await seed(database.url, { partitions: 3 });
  const em = orm.em.fork();
  const shows = new Map((await em.findAll(Show)).map((show) => [show.id, show]));
  const bookings = await em.findAll(Booking);
  for (const { id, showId, seats, status, createdAt, cancelledAt, cancelledBy } of bookings) {
    const { dateTime, totalSeats, seatsPerRow } = shows.get(showId) as Show;
    expect(readBookingId(id)).toMatchObject({ showId, partition: showId % 3, place: 0 });
    expect(createdAt.getTime() - (readBookingId(id)?.timeMs ?? 0)).toBe(7);
    expect(createdAt.getTime()).toBeLessThan(Math.min(dateTime.getTime(), Date.now()));
    expect(createdAt.getUTCHours()).toBeGreaterThanOrEqual(9);
    expect(createdAt.getUTCHours()).toBeLessThan(23);
    expect(seats.map((seat) => findSeat(seat, { total_seats: totalSeats, seats_per_row: seatsPerRow }))).toEqual(seats);
    if (status === 'booked') {
      expect([cancelledAt, cancelledBy]).toEqual([null, null]);
    } else {
      expect(status).toBe('cancelled');
      expect(readBookingId(cancelledBy ?? '')).toMatchObject({ showId, partition: showId % 3 });
      expect(cancelledAt?.getTime()).toBeGreaterThanOrEqual(createdAt.getTime());
      expect(cancelledAt?.getTime()).toBeLessThan(Math.min(dateTime.getTime(), Date.now()));
    }
  }
  const claims = await em.findAll(SeatClaim);
  const sold = bookings.filter(({ status }) => status === 'booked');
  const claimOf = (showId: number, seat: string, id: string, expiresAt?: Date | null) =>
    `${showId} ${seat} ${id} ${expiresAt}`;
  expect(
    claims.map((claim) => claimOf(claim.showId, claim.seatNumber, claim.bookingId, claim.expiresAt)).sort(),
  ).toEqual(sold.flatMap(({ showId, id, seats }) => seats.map((seat) => claimOf(showId, seat, id, null))).sort());
});

test('looks like a cinema in business, with the first show still free', async () => {
  await seed(database.url);
  const em = orm.em.fork();
  const fill = await em.execute<{ id: number; sold: number }[]>(
    `select id, (select count(*)::float from booking.seat_claims where show_id = shows.id) / total_seats as sold
     from catalog.shows where date_time > now() order by id`,
  );
  expect(fill[0]).toEqual({ id: 1, sold: 0 });
  expect(fill.filter(({ sold }) => sold > 0.28 && sold < 0.38).length).toBeGreaterThanOrEqual(3);
  expect(fill.filter(({ sold }) => sold >= 0.9 && sold < 1)).toHaveLength(1);

  const days = await em.execute<{ day: string; cancelled: number }[]>(
    `select day::text, count(*) filter (where status = 'cancelled')::int as cancelled
     from booking.bookings
       cross join lateral (select (created_at at time zone 'UTC')::date as day, (now() at time zone 'UTC')::date as today) as days
     where day >= today - 14 and day < today group by day`,
  );
  expect(days).toHaveLength(14);
  expect(days.reduce((sum, { cancelled }) => sum + cancelled, 0)).toBeGreaterThan(5);

  const demo = await em.findOneOrFail(User, { username: 'demo' });
  const own = await em.findAll(Booking, { where: { userId: demo.id } });
  expect(own.map(({ status }) => status).sort()).toEqual(['booked', 'booked', 'booked', 'booked', 'cancelled']);
});

test('leaves a database with other movies alone', async () => {
  await orm.em.fork().insert(Movie, { title: 'Our Own', durationMinutes: 90 });
  expect(await seed(database.url)).toEqual({ loaded: false });
  expect(await count()).toEqual([1, 0]);
  expect(await userNames()).toEqual([]);
});

test('leaves a database alone that has other movies beside a sample one', async () => {
  await seed(database.url);
  const em = orm.em.fork();
  await em.execute("update catalog.shows set date_time = now() - interval '1 day'");
  await em.insert(Movie, { title: 'Our Own', durationMinutes: 90 });
  expect(await seed(database.url)).toEqual({ loaded: false });
});

test('adds new shows, and sales for them, when all are over', async () => {
  await seed(database.url);
  await orm.em.fork().execute("update catalog.shows set date_time = now() - interval '1 day'");
  expect(await seed(database.url)).toEqual({ loaded: true });
  expect(await count()).toEqual([5, 16 + 28]);
  expect(await orm.em.fork().count(Booking, { showId: { $gt: 8 + 28 } })).toBeGreaterThan(0);
});

test('--large adds hundreds of shows, once', async () => {
  expect(await seed(database.url, { large: true })).toEqual({ loaded: true });
  expect(await count()).toEqual([45, 608 + 28]);
  expect((await orm.em.fork().findOneOrFail(Show, 1)).totalSeats).toBe(80);
  expect(await seed(database.url, { large: true })).toEqual({ loaded: false });
  expect(await count()).toEqual([45, 608 + 28]);
});
