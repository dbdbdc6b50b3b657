import { readBookingId } from '@boxoffice/shared/booking-id';
import { Booking, SeatClaim } from '@boxoffice/shared/database/entities/booking';
import { LayoutRow, Movie, Screen, Show } from '@boxoffice/shared/database/entities/catalog';
import { User } from '@boxoffice/shared/database/entities/identity';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { seatByLabel } from '@boxoffice/shared/layout';
import { allSeats, findSeat } from '@boxoffice/shared/seats';
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

/** Far enough that no two shows on a screen overlap, not even during the update. */
const moveToThePast =
  "update catalog.shows set date_time = date_time - interval '60 days', busy_until = busy_until - interval '60 days'";

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
  const layouts = new Map((await em.findAll(LayoutRow)).map((row) => [row.id, row]));
  const bookings = await em.findAll(Booking);
  for (const { id, showId, seats, status, createdAt, cancelledAt, cancelledBy } of bookings) {
    const { dateTime, totalSeats, seatsPerRow, layout } = shows.get(showId) as Show;
    expect(readBookingId(id)).toMatchObject({ showId, partition: showId % 3, place: 0 });
    expect(createdAt.getTime() - (readBookingId(id)?.timeMs ?? 0)).toBe(7);
    expect(createdAt.getTime()).toBeLessThan(Math.min(dateTime.getTime(), Date.now()));
    expect(createdAt.getUTCHours()).toBeGreaterThanOrEqual(9);
    expect(createdAt.getUTCHours()).toBeLessThan(23);
    const plan = { total_seats: totalSeats, seats_per_row: seatsPerRow, layout: layout && layouts.get(layout.id) };
    expect(seats.map((seat) => findSeat(seat, plan))).toEqual(seats);
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
  await em.execute(moveToThePast);
  await em.insert(Movie, { title: 'Our Own', durationMinutes: 90 });
  expect(await seed(database.url)).toEqual({ loaded: false });
});

test('adds new shows, and sales for them, when all are over', async () => {
  await seed(database.url);
  await orm.em.fork().execute(moveToThePast);
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

test('three halls with priced seats, a show that is paid for online, and one free show', async () => {
  await seed(database.url, { environment: 'development' });
  const em = orm.em.fork();
  const screens = await em.findAll(Screen, { populate: ['layout'] });
  const seats = (layout: LayoutRow) => allSeats({ total_seats: 0, seats_per_row: 0, layout });
  expect(screens.map(({ name, layout }) => [name, layout.totalSeats, seats(layout).length])).toEqual([
    ['Palace', 300, 300],
    ['Studio', 40, 40],
    ['Grand Hall', 120, 120],
  ]);
  for (const { layout } of screens) expect(seats(layout).some(({ accessible }) => accessible)).toBe(true);
  const shows = await em.findAll(Show, { where: { dateTime: { $gt: new Date() } }, orderBy: { id: 'asc' } });
  expect(shows.map(({ payment, currency }) => [payment, currency])).toEqual([
    ['free', null],
    ...Array(3).fill(['counter', 'EUR']),
    ['online', 'EUR'],
    ...Array(3).fill(['counter', 'EUR']),
  ]);
  const bookings = await em.findAll(Booking, { where: { showId: { $in: shows.map(({ id }) => id) } } });
  for (const { items, total, seats: labels, showId } of bookings) {
    const { prices, layout } = shows.find(({ id }) => id === showId) as Show;
    const categoryOf = (label: string) => seatByLabel(label, layout as LayoutRow)?.category ?? '';
    const expected = labels.map((seat) => ({ seat, category: categoryOf(seat), amount: prices?.[categoryOf(seat)] }));
    expect(items).toEqual(expected);
    expect(total).toBe(expected.reduce((sum, { amount = 0 }) => sum + amount, 0));
  }
});

test('where there is a provider of payments, one show is paid for online, and nothing is sold there without a payment', async () => {
  await seed(database.url, { canPayOnline: true });
  const em = orm.em.fork();
  const [show, ...others] = await em.findAll(Show, { where: { payment: 'online' } });
  expect([show?.currency, others]).toEqual(['EUR', []]);
  expect(await em.count(Booking, { showId: show?.id ?? 0 })).toBe(0);
});

test('some bookings are paid every day, to the administrator, and never after their cancellation', async () => {
  await seed(database.url);
  const em = orm.em.fork();
  const { id: admin } = await em.findOneOrFail(User, { username: 'admin' });
  const paid = await em.findAll(Booking, { where: { paidAt: { $ne: null } } });
  for (const { createdAt, paidAt, cancelledAt, paidBy, paidWith } of paid) {
    const end = cancelledAt ?? new Date();
    expect([paidBy, (paidAt ?? end) >= createdAt, (paidAt ?? end) <= end]).toEqual([admin, true, true]);
    expect(['cash', 'card', 'other']).toContain(paidWith);
  }
  expect(paid.some(({ status }) => status === 'cancelled')).toBe(true);
  expect(new Set(paid.map(({ paidAt }) => paidAt?.toISOString().slice(0, 10))).size).toBeGreaterThan(14);
});

test('--large: no two shows on a screen overlap', async () => {
  await seed(database.url, { large: true });
  const clashes = await orm.em.fork().execute(
    `with busy as (select shows.id, screen_name, tstzrange(date_time, date_time + (duration_minutes + 15) * interval '1 minute') as time
       from catalog.shows join catalog.movies on movies.id = movie_id)
     select a.id, b.id from busy a join busy b on a.screen_name = b.screen_name and a.id < b.id and a.time && b.time`,
  );
  expect(clashes).toEqual([]);
});
