import type { Author } from '@boxoffice/shared/contracts/audit';
import type { BookingShow } from '@boxoffice/shared/contracts/booking';
import type {
  AdminShowQuery,
  MovieChangeBody,
  MovieCreateBody,
  MovieQuery,
  MovieView,
  ShowChangeBody,
  ShowCreateBody,
  ShowFacts,
  ShowQuery,
  ShowRunBody,
  ShowView,
} from '@boxoffice/shared/contracts/catalog';
import type { Rows } from '@boxoffice/shared/contracts/pagination';
import { Problem, ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Occupancy } from '@boxoffice/shared/seats';
import { Pool } from 'undici';
import { ShowFactsCache } from './show-facts-cache.ts';

/** The catalog has this long for a whole answer, connecting included, in milliseconds. */
const answerTimeoutMs = 1_200;
const connectTimeoutMs = 500;
/** Connections to the catalog; requests beyond wait for one, no longer than `answerTimeoutMs`. */
const connectionLimit = 64;

interface Call {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  query?: Record<string, string | number | Date | undefined>;
  body?: unknown;
  ifNoneMatch?: string | undefined;
  /** The administrator who wants a change. */
  actorId?: number;
}

interface Answer {
  status: number;
  etag: string | undefined;
  body: Buffer;
}

/**
 * The catalog as the gateway sees it. Every method throws a ProblemError: the catalog's own problem
 * (show_not_found, has_bookings, database_unavailable …) as it said it, or `catalog_unavailable` when
 * the catalog is away, within 1.2 s. Each takes the id of the request that it serves, for the
 * catalog's log; those that change something its author, for the audit.
 */
export class CatalogClient {
  readonly #pool: Pool;
  readonly #facts = new ShowFactsCache();
  /** Called after every change, also one that failed: after a timeout it may have happened all the same. */
  onChange: () => void = () => undefined;

  /** @param url where the catalog listens; nothing connects until the first call */
  constructor(url: string) {
    this.#pool = new Pool(new URL(url).origin, {
      connections: connectionLimit,
      connect: { timeout: connectTimeoutMs },
    });
  }

  listMovies(query: MovieQuery, requestId: string): Promise<Rows<MovieView>> {
    return this.#ask('/movies', requestId, { query });
  }

  getMovie(id: number, requestId: string): Promise<MovieView> {
    return this.#ask(`/movies/${id}`, requestId);
  }

  createMovie(body: MovieCreateBody, author: Author): Promise<MovieView> {
    return this.#ask('/movies', author.requestId, { ...by(author), method: 'POST', body });
  }

  /** Writes the given fields, leaves the others. */
  changeMovie(id: number, body: MovieChangeBody, author: Author): Promise<MovieView> {
    return this.#ask(`/movies/${id}`, author.requestId, { ...by(author), method: 'PATCH', body });
  }

  /** Writes every field. */
  replaceMovie(id: number, body: MovieCreateBody, author: Author): Promise<MovieView> {
    return this.#ask(`/movies/${id}`, author.requestId, { ...by(author), method: 'PUT', body });
  }

  async deleteMovie(id: number, author: Author): Promise<void> {
    await this.#send(`/movies/${id}`, author.requestId, { ...by(author), method: 'DELETE' });
  }

  listShowsOfMovie(movieId: number, query: ShowQuery, requestId: string): Promise<Rows<ShowView>> {
    return this.#ask(`/movies/${movieId}/shows`, requestId, { query });
  }

  listShows(query: AdminShowQuery, requestId: string): Promise<Rows<ShowView>> {
    return this.#ask('/shows', requestId, { query });
  }

  getShow(id: number, requestId: string): Promise<ShowView> {
    return this.#ask(`/shows/${id}`, requestId);
  }

  createShow(body: ShowCreateBody, author: Author): Promise<ShowView> {
    return this.#ask('/shows', author.requestId, { ...by(author), method: 'POST', body });
  }

  /** All or none. */
  createRunOfShows(movieId: number, body: ShowRunBody, author: Author): Promise<Rows<ShowView>> {
    return this.#ask(`/movies/${movieId}/shows/run`, author.requestId, { ...by(author), method: 'POST', body });
  }

  /** Writes the given fields, leaves the others. */
  changeShow(id: number, body: ShowChangeBody, author: Author): Promise<ShowView> {
    return this.#ask(`/shows/${id}`, author.requestId, { ...by(author), method: 'PATCH', body });
  }

  /** Writes every field. */
  replaceShow(id: number, body: ShowCreateBody, author: Author): Promise<ShowView> {
    return this.#ask(`/shows/${id}`, author.requestId, { ...by(author), method: 'PUT', body });
  }

  async deleteShow(id: number, author: Author): Promise<void> {
    await this.#send(`/shows/${id}`, author.requestId, { ...by(author), method: 'DELETE' });
  }

  /**
   * The seat map as the catalog wrote it: up to 10,000 seats, which nobody gains from reading twice.
   *
   * @param ifNoneMatch the client's header
   * @returns the map as JSON, or null (304) when the client has it; its entity tag either way
   */
  async getSeatMap(
    id: number,
    ifNoneMatch: string | undefined,
    requestId: string,
  ): Promise<{ etag: string; json: Buffer | null }> {
    const { status, etag = '', body } = await this.#send(`/shows/${id}/seats`, requestId, { ifNoneMatch });
    return { etag, json: status === 304 ? null : body };
  }

  /**
   * Who has which seat of these shows, read in one statement: of two calls, one after the other, the
   * second is never older than the first.
   *
   * @param ids at most 100; any that are gone are not in the map
   */
  async findOccupancies(ids: readonly number[], requestId: string): Promise<Map<number, Occupancy>> {
    const { results } = await this.#ask<{ results: [number, Occupancy][] }>('/occupancies', requestId, {
      query: { ids: ids.join() },
    });
    return new Map(results);
  }

  /**
   * Shows by id, with their movies, for a page of bookings.
   *
   * @param ids at most 100; any that are gone are not in the map
   */
  async findBookingShows(ids: Iterable<number>, requestId: string): Promise<Map<number, BookingShow>> {
    const distinct = [...new Set(ids)];
    if (distinct.length === 0) return new Map();
    const { results } = await this.#ask<Rows<BookingShow>>('/booking-shows', requestId, {
      query: { ids: distinct.join() },
    });
    return new Map(results.map((show) => [show.id, show]));
  }

  /**
   * What a booking must know of a show. Remembered for 2 seconds: a change made through this gateway
   * is seen at once, one made through another up to 2 seconds after it was committed. That a show does
   * not exist is remembered as long; a failure never is. Who asks while the catalog is being asked
   * shares that answer.
   *
   * @throws {ProblemError} show_not_found, or as every method
   */
  getShowFacts(id: number, requestId: string): Promise<ShowFacts> {
    return this.#facts.get(id, () => this.#ask(`/shows/${id}/facts`, requestId));
  }

  /** For the readiness probe: rejects when the catalog is not ready. */
  async check(): Promise<void> {
    const { statusCode, body } = await this.#pool.request({
      method: 'GET',
      path: '/readyz',
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`the catalog answers ${statusCode}`);
  }

  /** Lets open requests finish, then closes the connections. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #ask<Body>(path: string, requestId: string, call: Call = {}): Promise<Body> {
    const { body } = await this.#send(path, requestId, call);
    try {
      return JSON.parse(body.toString()) as Body;
    } catch (cause) {
      throw unavailable(cause);
    }
  }

  async #send(
    path: string,
    requestId: string,
    { method = 'GET', query = {}, body, ifNoneMatch, actorId }: Call,
  ): Promise<Answer> {
    const exchange = this.#exchange(path, {
      method,
      query: queryText(query),
      headers: {
        'x-request-id': requestId,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(ifNoneMatch !== undefined && { 'if-none-match': ifNoneMatch }),
        ...(actorId !== undefined && { 'x-actor-id': String(actorId) }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const forget = () => {
      this.#facts.clear();
      this.onChange();
    };
    if (method !== 'GET') exchange.then(forget, forget);
    const answer = await exchange;
    if (answer.status >= 400) throw problemOf(answer);
    return answer;
  }

  /** One deadline over all of it: undici's own timers are per phase, and rounded up by as much as a second. */
  async #exchange(
    path: string,
    options: Pick<Parameters<Pool['request']>[0], 'method' | 'query' | 'headers' | 'body'>,
  ): Promise<Answer> {
    try {
      const { statusCode, headers, body } = await this.#pool.request({
        ...options,
        path: `/internal${path}`,
        signal: AbortSignal.timeout(answerTimeoutMs),
      });
      const etag = headers.etag;
      return {
        status: statusCode,
        etag: typeof etag === 'string' ? etag : undefined,
        body: Buffer.from(await body.arrayBuffer()),
      };
    } catch (cause) {
      throw unavailable(cause);
    }
  }
}

function by({ actorId }: Author): Pick<Call, 'actorId'> {
  return { actorId };
}

function queryText(query: NonNullable<Call['query']>): Record<string, string> {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => [name, value instanceof Date ? value.toISOString() : String(value)]),
  );
}

/** The catalog's problem, said on; what is not one came from something that only sits on its port. */
function problemOf({ status, body }: Answer): ProblemError {
  const parsed = Problem.safeParse(jsonOf(body));
  if (!parsed.success) return unavailable(new Error(`the catalog answered ${status} without a problem body`));
  const { code, detail, errors } = parsed.data;
  return new ProblemError(code, detail, { ...(errors && { errors }), ...(status === 503 && { retryAfterSeconds: 1 }) });
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}

function unavailable(cause: unknown): ProblemError {
  return new ProblemError('catalog_unavailable', 'The catalog does not answer. Try again in a moment.', {
    retryAfterSeconds: 1,
    cause,
  });
}
