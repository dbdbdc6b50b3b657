import { openDatabase } from '@boxoffice/shared/database/orm';
import { required } from '@boxoffice/shared/service/config';
import { listen } from '@boxoffice/shared/service/http';
import { runService } from '@boxoffice/shared/service/process';
import { buildCatalog } from './app.ts';

/** Less than the gateway's own timeout, so that it learns which dependency is down. */
const statementTimeoutMs = 800;

await runService('catalog', async ({ config, logger }) => {
  const orm = await openDatabase({
    url: required(config, 'DATABASE_URL'),
    role: 'boxoffice_catalog',
    statementTimeoutMs,
    logger,
  });
  const http = buildCatalog({ orm, logger });
  await listen(http, { host: config.HOST, port: config.CATALOG_PORT });
  return {
    async stop() {
      await http.close();
      await orm.close();
    },
  };
});
