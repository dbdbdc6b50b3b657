import { type MikroORM, pingDatabase } from '@boxoffice/shared/database/orm';
import { createHttp, type Http } from '@boxoffice/shared/service/http';
import type { Logger } from '@boxoffice/shared/service/logging';
import { movieRoutes } from './routes/movies.ts';
import { seatMapRoutes } from './routes/seat-map.ts';
import { showRoutes } from './routes/shows.ts';

export interface CatalogDependencies {
  /** With the role `boxoffice_catalog`. The caller closes it after the server. */
  orm: MikroORM;
  logger: Logger;
}

/** Builds the catalog: movies, shows and seat maps under `/internal/`. Does no I/O. */
export function buildCatalog({ orm, logger }: CatalogDependencies): Http {
  const { http } = createHttp({ logger, checks: { database: () => pingDatabase(orm) } });
  movieRoutes(http, orm);
  showRoutes(http, orm);
  seatMapRoutes(http, orm);
  return http;
}
