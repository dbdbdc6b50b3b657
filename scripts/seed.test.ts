import { Movie, Show } from '@boxoffice/shared/database/entities/catalog';
import { User } from '@boxoffice/shared/database/entities/identity';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isPassword } from '../services/gateway/src/identity/passwords.ts';
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

test('loads users, movies and shows to come, once; the first show has 80 seats', async () => {
  expect(await seed(database.url)).toEqual({ loaded: true });
  const em = orm.em.fork();
  const demo = await em.findOneOrFail(User, { username: 'demo' });
  expect(demo.role).toBe('user');
  expect(await isPassword('demopass', demo.passwordHash)).toBe(true);
  const admin = await em.findOneOrFail(User, { username: 'admin' });
  expect(admin.role).toBe('admin');
  expect(await isPassword('adminpass', admin.passwordHash)).toBe(true);
  expect(await em.findOneOrFail(Show, 1)).toMatchObject({ totalSeats: 80, seatsPerRow: 10 });
  expect(await em.count(Show, { dateTime: { $lte: new Date() } })).toBe(0);
  expect(await count()).toEqual([5, 8]);

  expect(await seed(database.url)).toEqual({ loaded: false });
  expect(await count()).toEqual([5, 8]);
});

test('of three at once one loads', async () => {
  const results = await Promise.all([seed(database.url), seed(database.url), seed(database.url)]);
  expect(results.filter(({ loaded }) => loaded)).toHaveLength(1);
  expect(await count()).toEqual([5, 8]);
});

test('makes no administrator in production', async () => {
  await seed(database.url, { environment: 'production' });
  expect(await userNames()).toEqual(['demo']);
});

test('leaves movies of one’s own alone', async () => {
  await orm.em.fork().insert(Movie, { title: 'Our Own', durationMinutes: 90 });
  expect(await seed(database.url)).toEqual({ loaded: false });
  expect(await count()).toEqual([1, 0]);
  expect(await userNames()).toEqual([]);
});

test('adds new shows when all are over', async () => {
  await seed(database.url);
  await orm.em.fork().execute("update catalog.shows set date_time = now() - interval '1 day'");
  expect(await seed(database.url)).toEqual({ loaded: true });
  expect(await count()).toEqual([5, 16]);
});

test('--large adds hundreds of shows, once', async () => {
  expect(await seed(database.url, { large: true })).toEqual({ loaded: true });
  expect(await count()).toEqual([45, 608]);
  expect((await orm.em.fork().findOneOrFail(Show, 1)).totalSeats).toBe(80);
  expect(await seed(database.url, { large: true })).toEqual({ loaded: false });
  expect(await count()).toEqual([45, 608]);
});
