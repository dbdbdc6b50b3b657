/**
 * `pnpm migrate`: migrates the database in DATABASE_URL, or the one of the running `pnpm start`, and gives every
 * service its login.
 */
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { databaseUrlOfRunning, readNote } from '@boxoffice/local-servers/running';
import { isDatabaseAway } from '@boxoffice/shared/database/errors';
import { migrate, RolePrivilegeError } from '@boxoffice/shared/database/migrate';
import type { ServiceRole } from '@boxoffice/shared/database/service-roles';
import { loadConfig } from '@boxoffice/shared/service/config';
import { databaseUrls } from '@boxoffice/shared/service/database-url';
import { runCommand } from './command.ts';

/**
 * Applies the migrations that a database lacks.
 *
 * @param serviceUrls with which the services log in
 * @returns the names of the applied migrations
 * @throws {PlainError} when the database does not respond, or the user may not do this
 */
export async function bringUpToDate(
  databaseUrl: string,
  serviceUrls: Record<ServiceRole, string> | undefined,
): Promise<string[]> {
  try {
    return await migrate(databaseUrl, serviceUrls);
  } catch (error) {
    if (error instanceof RolePrivilegeError) throw new PlainError(error.message);
    if (!isDatabaseAway(error)) throw error;
    throw new PlainError(
      `PostgreSQL at ${new URL(databaseUrl).host} does not answer: start it, or correct DATABASE_URL.`,
    );
  }
}

if (import.meta.main) {
  await runCommand(async () => {
    const config = loadConfig();
    const serviceUrls = config.DATABASE_URL ? databaseUrls(config) : readNote(config)?.serviceUrls;
    const names = await bringUpToDate(databaseUrlOfRunning(config), serviceUrls);
    console.log(
      names.length ? `Applied:\n${names.map((name) => `  ${name}`).join('\n')}` : 'The database is up to date.',
    );
  });
}
