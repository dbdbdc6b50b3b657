/** `pnpm partition-tables 16`: partitions the tables of bookings by show. Locks them while it copies their rows. */
import { parseArgs } from 'node:util';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { databaseUrlOfRunning } from '@boxoffice/local-servers/running';
import { loadConfig } from '@boxoffice/shared/service/config';
import { runCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { partitionTables } from './partition-tables/partition-tables.ts';

/** A read that does not name a show looks into each. */
const limit = 64;

await runCommand(async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const partitions = Number(positionals[0]);
  if (positionals.length !== 1 || !Number.isInteger(partitions) || partitions < 2 || partitions > limit)
    throw new PlainError(`Usage: pnpm partition-tables <number of partitions, 2 to ${limit}>`);
  const startedAt = performance.now();
  await withDatabase(databaseUrlOfRunning(loadConfig()), (em) => partitionTables(em, partitions));
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`The tables of bookings have ${partitions} partitions now. It took ${seconds} s.`);
});
