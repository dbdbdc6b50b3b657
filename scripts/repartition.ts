/**
 * `pnpm repartition 16`: changes the number of booking partitions of a running installation. Meanwhile, new requests are
 * answered 503, for two seconds at most.
 */
import { parseArgs } from 'node:util';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { databaseUrlOfRunning, redisUrlOfRunning } from '@boxoffice/local-servers/running';
import { defaultPartitions, partitionLimit } from '@boxoffice/shared/partition';
import { loadConfig } from '@boxoffice/shared/service/config';
import { runCommand } from './command.ts';
import { repartition } from './repartition/repartition.ts';
import { withServers } from './repartition/servers.ts';

await runCommand(async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const partitions = Number(positionals[0]);
  if (positionals.length !== 1 || !Number.isInteger(partitions) || partitions < 1 || partitions > partitionLimit)
    throw new PlainError(`Usage: pnpm repartition <number of partitions, 1 to ${partitionLimit}>`);
  const config = loadConfig();
  await withServers(
    { databaseUrl: databaseUrlOfRunning(config), redisUrl: redisUrlOfRunning(config) },
    ({ client, redis }) =>
      repartition({
        ...{ client, redis, partitions, say: console.log },
        configured: config.BOOKING_PARTITIONS ?? defaultPartitions,
      }),
  );
});
