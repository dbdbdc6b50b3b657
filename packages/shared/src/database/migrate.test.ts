import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from './migrate.ts';
import { type DatabaseRole, type MikroORM, openDatabase } from './orm.ts';

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
    'drop schema identity cascade; drop schema catalog cascade; drop schema booking cascade; drop table migrations',
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

const writable: Record<DatabaseRole, string> = {
  boxoffice_gateway: 'identity',
  boxoffice_catalog: 'catalog',
  boxoffice_worker: 'booking',
};
const tables = {
  identity: ['users', 'refresh_tokens', 'access_revocations', 'audit_lines'],
  catalog: ['movies', 'shows', 'audit_lines'],
  booking: ['bookings', 'seat_claims', 'requests', 'audit_lines'],
};

test.each(Object.entries(writable))('%s writes to %s only', async (role, own) => {
  const orm = await openDatabase({ url: database.url, role: role as DatabaseRole });
  try {
    for (const [schema, names] of Object.entries(tables)) {
      for (const name of names) {
        // Privileges are checked before anything is written.
        const write = orm.em.execute(`insert into ${schema}.${name} select * from ${schema}.${name} where false`);
        if (schema === own) await write;
        else await expect(write, `${role} writes ${schema}.${name}`).rejects.toThrow(/permission denied/);
      }
    }
  } finally {
    await orm.close();
  }
});

test.each(Object.entries(writable))(
  '%s cannot change or delete audit lines, not even those of %s',
  async (role, own) => {
    const orm = await openDatabase({ url: database.url, role: role as DatabaseRole });
    try {
      for (const change of [`update ${own}.audit_lines set actor_id = 1`, `delete from ${own}.audit_lines`]) {
        await expect(orm.em.execute(change), change).rejects.toThrow(/permission denied/);
      }
    } finally {
      await orm.close();
    }
  },
);
