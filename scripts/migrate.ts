/**
 * `pnpm migrate`: migrates the database in DATABASE_URL, or the one of the running `pnpm start`, and gives every
 * service its login. With `--own-server`, it also closes the server's other databases to the services.
 */
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { databaseUrlOfRunning, readNote } from '@boxoffice/local-servers/running';
import { firstUrl } from '@boxoffice/shared/database/database-hosts';
import { isDatabaseAway, sqlState } from '@boxoffice/shared/database/errors';
import { type MigrateOptions, migrate, RolePrivilegeError } from '@boxoffice/shared/database/migrate';
import type { ServiceRole } from '@boxoffice/shared/database/service-roles';
import { loadConfig } from '@boxoffice/shared/service/config';
import { databaseUrls } from '@boxoffice/shared/service/database-url';
import { runCommand } from './command.ts';

const wrongPassword = '28P01';
const lockNotAvailable = '55P03';

function wrongPasswordMessage(databaseUrl: string): string {
  const { username, host } = firstUrl(databaseUrl);
  return (
    `PostgreSQL at ${host} refuses the password of ${username}: correct it in DATABASE_URL. With Docker it is ` +
    'POSTGRES_PASSWORD, which applies to an empty volume only: set it back to what it was when the volume was created, ' +
    'or run `docker compose down --volumes`, which deletes all data, and start again.'
  );
}

/**
 * Applies the migrations that a database lacks.
 *
 * @param serviceUrls with which the services log in
 * @returns the names of the applied migrations
 * @throws {PlainError} when the database does not respond, refuses the password, is locked, or the user may not do this
 */
export async function bringUpToDate(
  databaseUrl: string,
  serviceUrls: Record<ServiceRole, string> | undefined,
  options: MigrateOptions = {},
): Promise<string[]> {
  try {
    return await migrate(databaseUrl, serviceUrls, options);
  } catch (error) {
    if (error instanceof RolePrivilegeError) throw new PlainError(error.message);
    if (sqlState(error) === wrongPassword) throw new PlainError(wrongPasswordMessage(databaseUrl));
    if (sqlState(error) === lockNotAvailable)
      throw new PlainError(
        'Another session has held a lock that the migration needs for a minute: end it, and try again.',
      );
    if (!isDatabaseAway(error)) throw error;
    throw new PlainError(
      `PostgreSQL at ${firstUrl(databaseUrl).host} does not answer: start it, or correct DATABASE_URL.`,
    );
  }
}

if (import.meta.main) {
  await runCommand(async () => {
    const config = loadConfig();
    const serviceUrls = config.DATABASE_URL ? databaseUrls(config) : readNote(config)?.serviceUrls;
    const names = await bringUpToDate(databaseUrlOfRunning(config), serviceUrls, {
      ownsServer: process.argv.includes('--own-server'),
    });
    console.log(
      names.length ? `Applied:\n${names.map((name) => `  ${name}`).join('\n')}` : 'The database is up to date.',
    );
  });
}
