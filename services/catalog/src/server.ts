import { openDatabase } from '@boxoffice/shared/database/orm';
import { databaseUrlOf } from '@boxoffice/shared/service/database-url';
import { listen } from '@boxoffice/shared/service/http';
import { loadInternalSecret } from '@boxoffice/shared/service/internal-secret';
import { paymentProviderOf } from '@boxoffice/shared/service/payment-provider';
import { runService } from '@boxoffice/shared/service/process';
import { buildCatalog } from './app.ts';

/** Less than the gateway's own timeout, so that it learns which dependency is down. */
const statementTimeoutMs = 800;

await runService('catalog', async ({ config, logger, tracing }) => {
  const secret = loadInternalSecret(config);
  const orm = await openDatabase({
    url: databaseUrlOf(config, 'boxoffice_catalog'),
    role: 'boxoffice_catalog',
    statementTimeoutMs,
    logger,
    tracing,
  });
  const canPayOnline = paymentProviderOf(config) !== null;
  const settings = { turnaroundMinutes: config.TURNAROUND_MINUTES, canPayOnline };
  const http = buildCatalog({ orm, secret, settings, logger, tracing });
  await listen(http, { host: config.INTERNAL_HOST, port: config.CATALOG_PORT });
  return {
    async stop() {
      await http.close();
      await orm.close();
    },
  };
});
