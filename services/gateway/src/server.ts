import { setTimeout as delay } from 'node:timers/promises';
import { openDatabase } from '@boxoffice/shared/database/orm';
import { statementTimeoutsMs } from '@boxoffice/shared/database/session-settings';
import { type Config, required } from '@boxoffice/shared/service/config';
import { databaseUrlOf } from '@boxoffice/shared/service/database-url';
import { listen } from '@boxoffice/shared/service/http';
import { loadInternalSecret } from '@boxoffice/shared/service/internal-secret';
import { checkPooler } from '@boxoffice/shared/service/pooler';
import { runService } from '@boxoffice/shared/service/process';
import { reachable } from '@boxoffice/shared/service/reachable';
import { openImpatientRedis, openPatientRedis, openSubscriber } from '@boxoffice/shared/service/redis';
import { buildGateway } from './app.ts';
import { CatalogConnection } from './catalog/index.ts';
import { loadSigningKeys, sampleLoginsMessage, waitForSampleLogins } from './identity/index.ts';

/** By default it runs on this machine. */
const catalogUrl = ({ CATALOG_URL, CATALOG_PORT, INTERNAL_HOST }: Config): string =>
  CATALOG_URL ?? `http://${reachable(INTERNAL_HOST)}:${CATALOG_PORT}`;

await runService('gateway', async ({ config, logger, tracing }) => {
  const keys = loadSigningKeys(config);
  const redisUrl = required(config, 'REDIS_URL');
  const redis = openImpatientRedis(redisUrl, logger);
  const subscriber = openSubscriber(redisUrl, logger);
  const consumer = openPatientRedis(redisUrl, logger);
  const databaseUrl = databaseUrlOf(config, 'boxoffice_gateway');
  const orm = await openDatabase({
    url: databaseUrl,
    role: 'boxoffice_gateway',
    poolSize: 20,
    statementTimeoutMs: statementTimeoutsMs.boxoffice_gateway,
    logger,
    tracing,
  });
  void checkPooler({ url: databaseUrl, variable: 'GATEWAY_DATABASE_URL', needsSession: false }).catch(
    (error: Error) => {
      logger.fatal(error.message);
      process.exit(78);
    },
  );
  const catalogConnection = new CatalogConnection(catalogUrl(config), loadInternalSecret(config), tracing);

  // A database from development may have users whose passwords everyone can read: nobody is served before.
  let usersChecked = config.NODE_ENV !== 'production';
  if (!usersChecked) {
    void waitForSampleLogins(orm).then((names) => {
      usersChecked = names.length === 0;
      if (usersChecked) return;
      logger.fatal(sampleLoginsMessage(names));
      process.exit(78);
    });
  }

  const { http, internal, drain } = buildGateway({
    config,
    logger,
    orm,
    redis,
    subscriber,
    consumer,
    catalogConnection,
    keys,
    tracing,
    isChecked: () => usersChecked,
    checks: {
      async users() {
        if (!usersChecked) throw new Error('the users have not been checked for known passwords yet');
      },
    },
  });
  await listen(internal, { host: config.INTERNAL_HOST, port: config.METRICS_PORT });
  await listen(http, { host: config.HOST, port: config.PORT });
  return {
    async stop() {
      if (config.DRAIN_SECONDS > 0) {
        drain();
        await delay(config.DRAIN_SECONDS * 1_000);
      }
      await http.close();
      await catalogConnection.close();
      await orm.close();
      redis.disconnect();
      subscriber.disconnect();
      consumer.disconnect();
    },
  };
});
