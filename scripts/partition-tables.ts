/** `pnpm partition-tables 16`: partitions the booking tables by show. Locks them while it copies their rows. */
import { parseArgs } from 'node:util';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { databaseUrlOfRunning } from '@boxoffice/local-servers/running';
import { loadConfig } from '@boxoffice/shared/service/config';
import { runCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { partitionTables } from './partition-tables/partition-tables.ts';

/** The most partitions: a read that does not name a show has to read all of them. */
const limit = 64;

await runCommand(async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const partitions = Number(positionals[0]);
  if (positionals.length !== 1 || !Number.isInteger(partitions) || partitions < 2 || partitions > limit)
    throw new PlainError(`Usage: pnpm partition-tables <number of partitions, 2 to ${limit}>`);
  const startedAt = performance.now();
  await withDatabase(databaseUrlOfRunning(loadConfig()), (em) => partitionTables(em, partitions));
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`The booking tables now have ${partitions} partitions each. It took ${seconds} s.`);
});
