import type { BookingShow } from '@boxoffice/shared/contracts/booking';
import type {
  AdminShowQuery,
  MovieQuery,
  MovieView,
  ShowFacts,
  ShowQuery,
  ShowView,
} from '@boxoffice/shared/contracts/catalog';
import type { Rows } from '@boxoffice/shared/contracts/pagination';
import type { ScreenQuery, ScreenView } from '@boxoffice/shared/contracts/screens';
import type { Layout } from '@boxoffice/shared/layout';
import { LayoutCache } from '@boxoffice/shared/layout-cache';
import type { Occupancy } from '@boxoffice/shared/seats';
import type { CatalogConnection } from './catalog-connection.ts';
import { type BookableShow, ShowFactsCache } from './show-facts-cache.ts';

/**
 * Reads from the catalog. Every method takes the id of the request that it serves, and rejects as
 * `CatalogConnection` does.
 */
export class CatalogClient {
  readonly #connection: CatalogConnection;
  readonly #facts = new ShowFactsCache<BookableShow>((ids, requestId) => this.#findFacts(ids, requestId));
  readonly #layouts = new LayoutCache();

  constructor(connection: CatalogConnection) {
    this.#connection = connection;
  }

  listMovies(query: MovieQuery, requestId: string): Promise<Rows<MovieView>> {
    return this.#connection.requestJson({ path: '/movies', query, requestId });
  }

  getMovie(id: number, requestId: string): Promise<MovieView> {
    return this.#connection.requestJson({ path: `/movies/${id}`, requestId });
  }

  listShowsOfMovie(movieId: number, query: ShowQuery, requestId: string): Promise<Rows<ShowView>> {
    return this.#connection.requestJson({ path: `/movies/${movieId}/shows`, query, requestId });
  }

  listShows(query: AdminShowQuery, requestId: string): Promise<Rows<ShowView>> {
    return this.#connection.requestJson({ path: '/shows', query, requestId });
  }

  listScreens(query: ScreenQuery, requestId: string): Promise<Rows<ScreenView>> {
    return this.#connection.requestJson({ path: '/screens', query, requestId });
  }

  getScreen(id: number, requestId: string): Promise<ScreenView> {
    return this.#connection.requestJson({ path: `/screens/${id}`, requestId });
  }

  getShow(id: number, requestId: string): Promise<ShowView> {
    return this.#connection.requestJson({ path: `/shows/${id}`, requestId });
  }

  /**
   * The seat map as the catalog serialized it: up to 10,000 seats, which the gateway need not parse.
   *
   * @param ifNoneMatch the client's header
   * @returns the map as JSON, or null (304) when the client has it; its entity tag either way
   */
  async getSeatMap(
    id: number,
    ifNoneMatch: string | undefined,
    requestId: string,
  ): Promise<{ etag: string; json: Buffer | null }> {
    const headers = ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch };
    const {
      status,
      etag = '',
      body,
    } = await this.#connection.request({ path: `/shows/${id}/seats`, headers, requestId });
    return { etag, json: status === 304 ? null : body };
  }

  /**
   * Which seats of these shows are held or booked, read in one statement: of two successive calls, the
   * second is never older than the first.
   *
   * @param ids at most 100. Shows that do not exist are left out of the result
   */
  async findOccupancies(ids: readonly number[], requestId: string): Promise<Map<number, Occupancy>> {
    const { results } = await this.#connection.requestJson<{ results: [number, Occupancy][] }>({
      path: '/occupancies',
      query: { ids: ids.join() },
      requestId,
    });
    const found = new Map(results);
    for (const occupancy of found.values()) occupancy.layout = await this.#findLayout(occupancy, requestId);
    return found;
  }

  /**
   * Shows by id, with their movies, for a page of bookings.
   *
   * @param ids at most 100. Shows that do not exist are left out of the result
   */
  async findBookingShows(ids: Iterable<number>, requestId: string): Promise<Map<number, BookingShow>> {
    const distinct = [...new Set(ids)];
    if (distinct.length === 0) return new Map();
    const { results } = await this.#connection.requestJson<Rows<BookingShow>>({
      path: '/booking-shows',
      query: { ids: distinct.join() },
      requestId,
    });
    return new Map(results.map((show) => [show.id, show]));
  }

  /**
   * The facts about a show that a booking needs, cached for 2 seconds: a change made through this gateway
   * takes effect immediately, one made through another within 2 seconds of its commit. "There is no such
   * show" is cached too, other failures are not. Concurrent requests share one call.
   *
   * @throws {ProblemError} show_not_found, or as every method
   */
  getShowFacts(id: number, requestId: string): Promise<BookableShow> {
    return this.#facts.get(id, requestId);
  }

  /** Makes the next `getShowFacts` of every show ask the catalog. */
  clearShowFacts(): void {
    this.#facts.clear();
  }

  /** The facts of at most 100 shows. */
  async #findFacts(ids: readonly number[], requestId: string): Promise<Map<number, BookableShow>> {
    const { results } = await this.#connection.requestJson<{ results: ShowFacts[] }>({
      path: '/show-facts',
      query: { ids: ids.join() },
      requestId,
    });
    const shows = results.map(async (facts) => ({ ...facts, layout: await this.#findLayout(facts, requestId) }));
    return new Map((await Promise.all(shows)).map((show) => [show.id, show]));
  }

  /** The layout of a show, cached for ever; null when the show has rows of its own. */
  async #findLayout({ layout_id }: { layout_id: number | null }, requestId: string): Promise<Layout | null> {
    if (!layout_id) return null;
    const path = `/layouts/${layout_id}`;
    return this.#layouts.getOrLoad(layout_id, () => this.#connection.requestJson({ path, requestId }));
  }
}
