import { required } from '@boxoffice/shared/config';
import { openDatabase } from '@boxoffice/shared/db/orm';
import { checkPartitionCount } from '@boxoffice/shared/partition';
import { runService } from '@boxoffice/shared/process';
import { openPatientRedis } from '@boxoffice/shared/redis';
import { turnSettings } from './repositories/bookings.ts';
import { buildWorker } from './worker.ts';

await runService('booking-worker', async ({ config, logger }) => {
  const databaseUrl = required(config, 'DATABASE_URL');
  const redis = openPatientRedis(required(config, 'REDIS_URL'), logger);
  const orm = await openDatabase({
    url: databaseUrl,
    role: 'boxoffice_worker',
    poolSize: 2,
    statementTimeoutMs: 10_000,
    pipeline: true,
    settings: turnSettings,
    logger,
  });
  const worker = buildWorker({ config, databaseUrl, logger, orm, redis });
  await worker.http.listen({ host: config.HOST, port: config.WORKER_PORT });
  await checkPartitionCount(redis, config.BOOKING_PARTITIONS);
  worker.start();
  return {
    async stop() {
      await worker.stop();
      await worker.http.close();
      await orm.close();
      redis.disconnect();
    },
  };
});
