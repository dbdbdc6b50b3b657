import { PlainError } from '@boxoffice/local-servers/plain-error';
import { connectTo } from '@boxoffice/shared/database/database-hosts';
import { isDatabaseAway, sqlState } from '@boxoffice/shared/database/errors';
import { PrimaryClient } from '@boxoffice/shared/database/primary-client';
import type pg from 'pg';

/** Key of the session lock of this command. */
const archiveLockClass = 7_235;
const undefinedTable = '42P01';
/** Rows are compared as text, so it must not depend on the server. A command that is killed must not hold its locks. */
const settings = {
  ...{ TimeZone: 'UTC', DateStyle: 'ISO', bytea_output: 'hex' },
  ...{ client_connection_check_interval: 250, idle_in_transaction_session_timeout: 60_000, statement_timeout: 0 },
};

/**
 * Connects as the URL's user, and makes sure that no other such command runs on this database.
 *
 * @throws {PlainError} when one does, or when the database does not respond or has another schema
 */
export async function withArchiveLock<Result>(
  databaseUrl: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new PrimaryClient({
    ...connectTo(databaseUrl),
    application_name: 'boxoffice archive',
    connectionTimeoutMillis: 5_000,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  });
  client.on('error', () => undefined); // the next query rejects and says why
  try {
    await client.connect();
    const { rows } = await client.query('select pg_try_advisory_lock($1, 0) as locked', [archiveLockClass]);
    if (!rows[0].locked)
      throw new PlainError('Another `pnpm archive` is at work on this database: wait until it ends.');
    return await work(client);
  } catch (error) {
    if (sqlState(error) === undefinedTable)
      throw new PlainError('The database has the schema of an earlier release: run `pnpm migrate`.');
    if (isDatabaseAway(error))
      throw new PlainError(
        `The database does not respond: ${(error as Error).message}. Nothing is lost: run the command again.`,
      );
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Begins a transaction that changes rows: each statement sees what was committed before it. */
export const beginWriting = 'begin isolation level read committed';

/** Runs this in a transaction, which commits unless it throws or returns false. */
export async function inTransaction<Result>(
  client: pg.Client,
  begin: string,
  work: () => Promise<Result>,
  isToCommit: (result: Result) => boolean = () => true,
): Promise<Result> {
  await client.query(begin);
  try {
    const result = await work();
    await client.query(isToCommit(result) ? 'commit' : 'rollback');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined); // the first error is the one to be reported
    throw error;
  }
}

/** The names of the migrations that were applied, in order. */
export async function readMigrations(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from public.migrations order by id');
  return rows.map(({ name }) => name);
}
