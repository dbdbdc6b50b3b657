import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { type MikroORM, pingDatabase } from '@boxoffice/shared/database/orm';
import { createHttp, type Http } from '@boxoffice/shared/service/http';
import { isInternal } from '@boxoffice/shared/service/internal-secret';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { Tracing } from '@boxoffice/shared/tracing/tracing';
import { movieRoutes } from './routes/movies.ts';
import { screenRoutes } from './routes/screens.ts';
import { seatMapRoutes } from './routes/seat-map.ts';
import { showRoutes } from './routes/shows.ts';
import type { ShowSettings } from './use-cases/show-context.ts';

export interface CatalogDependencies {
  /** With the role `boxoffice_catalog`. The caller closes it after the server. */
  orm: MikroORM;
  /** What callers must present. */
  secret: string;
  settings: ShowSettings;
  logger: Logger;
  tracing?: Tracing | undefined;
}

/** Builds the catalog: movies, screens, shows and seat maps under `/internal/`. Does no I/O. */
export function buildCatalog({ orm, secret, settings, logger, tracing }: CatalogDependencies): Http {
  const { http } = createHttp({ logger, tracing, checks: { database: () => pingDatabase(orm) } });
  admitServicesOnly(http, secret);
  movieRoutes(http, orm, settings.turnaroundMinutes);
  screenRoutes(http, orm);
  showRoutes(http, orm, settings);
  seatMapRoutes(http, orm);
  return http;
}

/** Probes and Prometheus have no secret. */
const openRoutes = new Set<string | undefined>(['/livez', '/readyz', '/metrics']);

/**
 * Refuses whoever lacks the secret, before anything is read: the catalog believes what the gateway says about who
 * makes a change. A wrong secret is refused even where none is needed, so that the gateway's health check finds it.
 */
function admitServicesOnly(http: Http, secret: string): void {
  http.addHook('onRequest', async (request) => {
    const { authorization } = request.headers;
    if (authorization === undefined && openRoutes.has(request.routeOptions.url)) return;
    if (isInternal(authorization, secret)) return;
    throw new ProblemError('unauthenticated', 'Only the services of this installation may call the catalog.');
  });
}
