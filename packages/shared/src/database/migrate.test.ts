import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from './migrate.ts';
import { type MikroORM, openDatabase } from './orm.ts';

let database: TestDatabase;
let owner: MikroORM;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await openDatabase({ url: database.url });
});
afterAll(async () => {
  await owner.close();
  await database.drop();
});

test('the migrations produce the schema that the entities describe', async () => {
  const difference = await owner.schema.getUpdateSchemaSQL({ wrap: false });
  expect(difference.trim()).toBe('');
});

test('concurrent migrations of an up-to-date database change nothing', async () => {
  const runs = await Promise.all([1, 2, 3].map(() => migrate(database.url)));
  expect(runs).toEqual([[], [], []]);
});

test('concurrent migrations are applied once', async () => {
  await owner.em.execute(
    'drop schema identity cascade; drop schema catalog cascade; drop schema booking cascade; drop schema payments cascade; drop schema installation cascade; drop table migrations',
  );
  const runs = await Promise.all([1, 2, 3].map(() => migrate(database.url)));
  expect(runs.map((names) => names.length).sort()).toEqual([0, 0, expect.any(Number)]);
  expect(runs.flat()).toContain('0001-first-schema');
});

test('every key and unique constraint of the booking schema contains the show', async () => {
  const indexes: { definition: string }[] = await owner.em.execute(
    "select indexdef as definition from pg_indexes where schemaname = 'booking' and indexdef like 'CREATE UNIQUE%'",
  );
  expect(indexes.length).toBeGreaterThanOrEqual(3);
  for (const { definition } of indexes) expect(definition).toContain('(show_id, ');
});
