/** The catalog: movies, shows and seat maps, served from the catalog service. */
import type { Http } from '@boxoffice/shared/service/http';
import type { Operation } from '../http/operation.ts';
import { getMovie } from './routes/get-movie.ts';
import { getSeatMap } from './routes/get-seat-map.ts';
import { getShow } from './routes/get-show.ts';
import { listMovieShows } from './routes/list-movie-shows.ts';
import { listMovies } from './routes/list-movies.ts';
import { listShows } from './routes/list-shows.ts';
import type { PublicCatalog } from './routes/public-catalog.ts';

export { CatalogClient } from './catalog-client.ts';
export { CatalogConnection } from './catalog-connection.ts';
export { CatalogEditor } from './catalog-editor.ts';
export { ResponseCache } from './response-cache.ts';
export type { BookableShow } from './show-facts-cache.ts';

export type Dependencies = PublicCatalog;

export const operations: Operation<Dependencies>[] = [
  listMovies,
  getMovie,
  listMovieShows,
  listShows,
  getShow,
  getSeatMap,
];

export function register(http: Http, dependencies: Dependencies): void {
  for (const operation of operations) operation.serve(http, dependencies);
}
