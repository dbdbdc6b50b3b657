import { openDatabase, pingDatabase } from '@boxoffice/shared/database/orm';
import { statementTimeoutsMs } from '@boxoffice/shared/database/session-settings';
import { databaseUrlOf } from '@boxoffice/shared/service/database-url';
import { listen } from '@boxoffice/shared/service/http';
import { loadInternalSecret } from '@boxoffice/shared/service/internal-secret';
import { paymentProviderOf } from '@boxoffice/shared/service/payment-provider';
import { checkPooler } from '@boxoffice/shared/service/pooler';
import { runService } from '@boxoffice/shared/service/process';
import { buildCatalog } from './app.ts';

await runService('catalog', async ({ config, logger, tracing }) => {
  const secret = loadInternalSecret(config);
  const databaseUrl = databaseUrlOf(config, 'boxoffice_catalog');
  const orm = await openDatabase({
    url: databaseUrl,
    role: 'boxoffice_catalog',
    statementTimeoutMs: statementTimeoutsMs.boxoffice_catalog,
    logger,
    tracing,
  });
  void checkPooler({ url: databaseUrl, variable: 'CATALOG_DATABASE_URL', needsSession: false }).catch(
    (error: Error) => {
      logger.fatal(error.message);
      process.exit(78);
    },
  );
  const canPayOnline = paymentProviderOf(config) !== null;
  const settings = { turnaroundMinutes: config.TURNAROUND_MINUTES, canPayOnline };
  const http = buildCatalog({ orm, secret, settings, logger, tracing });
  // A load balancer may send requests as soon as this listens: the first one must not wait for a connection.
  await pingDatabase(orm).catch(() => undefined);
  await listen(http, { host: config.INTERNAL_HOST, port: config.CATALOG_PORT });
  return {
    async stop() {
      await http.close();
      await orm.close();
    },
  };
});
