/** `pnpm migrate`: brings DATABASE_URL, or the database of the running `pnpm start`, up to date. */
import { loadConfig } from '@boxoffice/shared/config';
import { migrate } from '@boxoffice/shared/db/migrate';
import { isDatabaseAway } from '@boxoffice/shared/http';
import { runCommand } from './command.ts';
import { PlainError } from './plain-error.ts';
import { databaseUrlOfRunning } from './servers/running.ts';

/**
 * Brings a database up to date; gives the names of the migrations that it lacked.
 *
 * @throws {PlainError} when the database does not answer
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
