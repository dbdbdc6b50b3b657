import { randomBytes } from 'node:crypto';
import { MikroORM } from '@mikro-orm/postgresql';
import { inject } from 'vitest';

/** A database that one test file has to itself. */
export interface TestDatabase {
  url: string;
  /** Ends every session and removes the database. */
  drop(): Promise<void>;
}

/** Makes a migrated, empty database: a copy of the template that the run migrated once. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { serverUrl, template } = inject('postgres');
  const name = `${template}_${randomBytes(4).toString('hex')}`;
  await execute(serverUrl, `create database ${name} template ${template} strategy file_copy`);
  return {
    url: urlOfDatabase(serverUrl, name),
    drop: () => dropDatabase(serverUrl, name),
  };
}

/** Ends every session of a database and removes it. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await execute(serverUrl, `drop database if exists ${name} with (force)`);
}

/** The same server's URL, with another database. */
export function urlOfDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs one statement on a connection of its own; gives the rows. */
export async function execute<Row extends object>(url: string, statement: string): Promise<Row[]> {
  const orm = new MikroORM({
    clientUrl: url,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    ensureDatabase: false, // its default creates the database that is not there
    pool: { max: 1 },
  });
  try {
    return await orm.em.getConnection().execute<Row[]>(statement);
  } finally {
    await orm.close(true);
  }
}
