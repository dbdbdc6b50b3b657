/** `pnpm migrate`: brings DATABASE_URL, or the database of the running `pnpm start`, up to date. */
import { loadConfig } from '@boxoffice/shared/config';
import { migrate } from '@boxoffice/shared/db/migrate';
import { explain } from './plain-error.ts';
import { databaseUrlOfRunning } from './servers/running.ts';

try {
  const names = await migrate(databaseUrlOfRunning(loadConfig()));
  console.log(
    names.length ? `Applied:\n${names.map((name) => `  ${name}`).join('\n')}` : 'The database is up to date.',
  );
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
