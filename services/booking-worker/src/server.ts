import { openDatabase } from '@boxoffice/shared/database/orm';
import { statementTimeoutsMs } from '@boxoffice/shared/database/session-settings';
import { defaultPartitions } from '@boxoffice/shared/partition';
import { firstPartitions } from '@boxoffice/shared/partitioning';
import { required } from '@boxoffice/shared/service/config';
import { databaseUrlOf } from '@boxoffice/shared/service/database-url';
import { listen } from '@boxoffice/shared/service/http';
import { checkPooler } from '@boxoffice/shared/service/pooler';
import { runService } from '@boxoffice/shared/service/process';
import { openPatientRedis } from '@boxoffice/shared/service/redis';
import { turnSettings } from './store/booking-store.ts';
import { buildWorker } from './worker.ts';

await runService('booking-worker', async ({ config, logger, tracing }) => {
  const databaseUrl = databaseUrlOf(config, 'boxoffice_worker');
  const redis = openPatientRedis(required(config, 'REDIS_URL'), logger);
  const orm = await openDatabase({
    url: databaseUrl,
    role: 'boxoffice_worker',
    poolSize: 4, // turns, chores, retention, the outbox
    statementTimeoutMs: statementTimeoutsMs.boxoffice_worker,
    pipeline: true,
    settings: turnSettings,
    logger,
    tracing,
  });
  const worker = buildWorker({
    ...{ databaseUrl, logger, orm, redis, tracing },
    configuredPartitions: config.BOOKING_PARTITIONS,
  });
  await listen(worker.http, { host: config.INTERNAL_HOST, port: config.WORKER_PORT });
  await checkPooler({ url: databaseUrl, variable: 'WORKER_DATABASE_URL', needsSession: true });
  worker.start(await firstPartitions(redis, config.BOOKING_PARTITIONS ?? defaultPartitions));
  return {
    async stop() {
      await worker.stop();
      await worker.http.close();
      await orm.close();
      redis.disconnect();
    },
  };
});
