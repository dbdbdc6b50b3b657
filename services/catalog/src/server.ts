import { openDatabase } from '@boxoffice/shared/database/orm';
import { databaseUrlOf } from '@boxoffice/shared/service/database-url';
import { listen } from '@boxoffice/shared/service/http';
import { loadInternalSecret } from '@boxoffice/shared/service/internal-secret';
import { runService } from '@boxoffice/shared/service/process';
import { buildCatalog } from './app.ts';

/** Less than the gateway's own timeout, so that it learns which dependency is down. */
const statementTimeoutMs = 800;

await runService('catalog', async ({ config, logger }) => {
  const secret = loadInternalSecret(config);
  const orm = await openDatabase({
    url: databaseUrlOf(config, 'boxoffice_catalog'),
    role: 'boxoffice_catalog',
    statementTimeoutMs,
    logger,
  });
  const http = buildCatalog({ orm, secret, turnaroundMinutes: config.TURNAROUND_MINUTES, logger });
  await listen(http, { host: config.INTERNAL_HOST, port: config.CATALOG_PORT });
  return {
    async stop() {
      await http.close();
      await orm.close();
    },
  };
});
