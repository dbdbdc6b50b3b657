/**
 * `pnpm archive --before 2026-01-01 --to <folder>`: moves the bookings and payments of shows that ended before that day into
 * files, one per show. `pnpm archive --restore <folder>` puts them back. Services keep running.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { databaseUrlOfRunning } from '@boxoffice/local-servers/running';
import { loadConfig } from '@boxoffice/shared/service/config';
import { archiveShows } from './archive/archive-shows.ts';
import { withArchiveLock } from './archive/database.ts';
import { restoreShows } from './archive/restore-shows.ts';
import { runCommand } from './command.ts';

const usage =
  'Usage: pnpm archive --before <YYYY-MM-DD> --to <folder>\n       pnpm archive --restore <folder, or the file of one show>';

await runCommand(async () => {
  const text = { type: 'string' } as const;
  const { before, to, restore } = parseArgs({ options: { before: text, to: text, restore: text } }).values;
  const isRestore = restore !== undefined;
  if (isRestore ? restore === '' || before !== undefined || to !== undefined : !before || !to)
    throw new PlainError(usage);
  if (!isRestore) checkDay(before as string);
  const startedAt = performance.now();
  const say = console.log;
  const tally = await withArchiveLock(databaseUrlOfRunning(loadConfig()), (client) =>
    isRestore
      ? restoreShows({ client, path: resolve(restore), say })
      : archiveShows({ client, before: before as string, folder: resolve(to as string), say }),
  );
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  say(`${tally.summary(isRestore ? 'Restored' : 'Archived')} It took ${seconds} s.`);
  if (tally.failed > 0) process.exitCode = 1;
});

function checkDay(text: string): void {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  // JavaScript takes the 30th of February for a day in March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text)
    throw new PlainError(`There is no day ${text}: write it as in 2026-01-31.`);
  if (time > Date.now()) throw new PlainError(`${text} is in the future: only shows that are over can be archived.`);
}
