import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bringUpToDate } from './migrate.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a password that PostgreSQL refuses is an error that names the variables and says what to do', async () => {
  const url = new URL(database.url);
  url.password = 'wrong';
  const run = bringUpToDate(url.href, undefined);
  await expect(run).rejects.toThrow(
    /refuses the password of boxoffice.*DATABASE_URL.*POSTGRES_PASSWORD.*down --volumes/,
  );
  await expect(run).rejects.not.toThrow(/wrong/);
});
