/** `pnpm migrate`: migrates the database in DATABASE_URL, or the one of the running `pnpm start`. */

import { PlainError } from '@boxoffice/local-servers/plain-error';
import { databaseUrlOfRunning } from '@boxoffice/local-servers/running';
import { isDatabaseAway } from '@boxoffice/shared/database/errors';
import { migrate } from '@boxoffice/shared/database/migrate';
import { loadConfig } from '@boxoffice/shared/service/config';
import { runCommand } from './command.ts';

/**
 * Applies the migrations that a database lacks.
 *
 * @returns the names of those applied
 * @throws {PlainError} when the database does not respond
 */
export async function bringUpToDate(databaseUrl: string): Promise<string[]> {
  try {
    return await migrate(databaseUrl);
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    throw new PlainError(
      `PostgreSQL at ${new URL(databaseUrl).host} does not answer: start it, or correct DATABASE_URL.`,
    );
  }
}

if (import.meta.main) {
  await runCommand(async () => {
    const names = await bringUpToDate(databaseUrlOfRunning(loadConfig()));
    console.log(
      names.length ? `Applied:\n${names.map((name) => `  ${name}`).join('\n')}` : 'The database is up to date.',
    );
  });
}
