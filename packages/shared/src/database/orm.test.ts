import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from './orm.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('connections that die in mid-transaction free their slot in the pool', async () => {
  const poolSize = 2;
  const orm = await openDatabase({ url: database.url, role: 'boxoffice_gateway', poolSize });
  const killer = await openDatabase({ url: database.url });
  for (let death = 0; death <= poolSize; death++) {
    const dying = orm.em.transactional(async (em) => {
      const [row]: [{ pid: number }] = await em.execute('select pg_backend_pid() as pid');
      await killer.em.getConnection().execute('select pg_terminate_backend(?, 5000)', [row.pid]);
      await em.execute('select 1');
    });
    await expect(dying).rejects.toThrow();
  }
  await killer.close();
  expect(await orm.em.transactional((em) => em.execute('select 1 as one'))).toEqual([{ one: 1 }]);
  await orm.close();
});
