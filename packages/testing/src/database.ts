import { randomBytes } from 'node:crypto';
import { MikroORM } from '@mikro-orm/postgresql';
import { inject } from 'vitest';

/** A database for one test file. */
export interface TestDatabase {
  url: string;
  /** Terminates every session and drops the database. */
  drop(): Promise<void>;
}

/** Creates a migrated, empty database: a copy of the template that the test run migrated once. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { serverUrl, template } = inject('postgres');
  const name = `${template}_${randomBytes(4).toString('hex')}`;
  await execute(serverUrl, `create database ${name} template ${template} strategy file_copy`);
  return {
    url: urlOfDatabase(serverUrl, name),
    drop: () => dropDatabase(serverUrl, name),
  };
}

/** Terminates every session of a database and drops it. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await execute(serverUrl, `drop database if exists ${name} with (force)`);
}

/** Replaces the database in a server's URL. */
export function urlOfDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs one statement on a connection of its own and returns the rows. */
export async function execute<Row extends object>(url: string, statement: string): Promise<Row[]> {
  const orm = new MikroORM({
    clientUrl: url,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    ensureDatabase: false, // the default creates a missing database
    pool: { max: 1 },
  });
  try {
    return await orm.em.getConnection().execute<Row[]>(statement);
  } finally {
    await orm.close(true);
  }
}
