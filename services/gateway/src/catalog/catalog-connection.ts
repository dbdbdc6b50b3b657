import { setTimeout as delay } from 'node:timers/promises';
import { Problem, ProblemError } from '@boxoffice/shared/contracts/problems';
import { internalAuthorization } from '@boxoffice/shared/service/internal-secret';
import type { Tracing } from '@boxoffice/shared/tracing/tracing';
import { Pool } from 'undici';

/** Deadline for a complete response, connecting included, in milliseconds. */
const responseTimeoutMs = 1_200;
const connectTimeoutMs = 500;
/** Further requests wait for a connection, within `responseTimeoutMs`. */
const connectionLimit = 64;

export interface CatalogRequest {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/internal`. */
  path: string;
  query?: Record<string, string | number | Date | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  /** The id of the request that this one serves, for the catalog's log. */
  requestId: string;
}

export interface CatalogResponse {
  status: number;
  etag: string | undefined;
  body: Buffer;
}

/**
 * HTTP connections to the catalog. Requests reject with a ProblemError: the catalog's own problem
 * (show_not_found, has_bookings, database_unavailable, …), or `catalog_unavailable` within 1.2 s when
 * the catalog does not respond.
 */
export class CatalogConnection {
  readonly #pool: Pool;
  readonly #authorization: string;
  readonly #tracing: Tracing | undefined;

  /**
   * Connects with the first request.
   *
   * @param url where the catalog listens
   * @param secret by which the catalog recognises the gateway
   */
  constructor(url: string, secret: string, tracing?: Tracing) {
    this.#tracing = tracing;
    this.#authorization = internalAuthorization(secret);
    this.#pool = new Pool(new URL(url).origin, {
      connections: connectionLimit,
      connect: { timeout: connectTimeoutMs },
    });
  }

  /** Sends a request and parses the response. */
  async requestJson<Body>(request: CatalogRequest): Promise<Body> {
    return parseBody<Body>(await this.request(request));
  }

  /** Sends a request. The response is below 400. */
  async request({
    method = 'GET',
    path,
    query = {},
    body,
    headers,
    requestId,
  }: CatalogRequest): Promise<CatalogResponse> {
    const traceparent = this.#tracing?.current();
    const response = await this.#exchange({
      method,
      path: `/internal${path}`,
      query: queryParameters(query),
      headers: {
        authorization: this.#authorization,
        'x-request-id': requestId,
        ...(traceparent && { traceparent }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    // Our own misconfiguration, which must not look to clients as if their token were refused.
    if (response.status === 401) throw unavailable(new Error('the catalog refuses the INTERNAL_SECRET'));
    if (response.status >= 400) throw problemOf(response);
    return response;
  }

  /** For the readiness probe: rejects when the catalog is not ready. */
  async check(): Promise<void> {
    const { statusCode, body } = await this.#pool.request({
      method: 'GET',
      path: '/readyz',
      headers: { authorization: this.#authorization },
      signal: AbortSignal.timeout(responseTimeoutMs),
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`the catalog answers ${statusCode}`);
  }

  /** Lets open requests finish, until the deadline that each has, then closes the connections. */
  async close(): Promise<void> {
    const overdue = delay(responseTimeoutMs, undefined, { ref: false }).then(() => this.#pool.destroy());
    await Promise.race([this.#pool.close(), overdue]);
  }

  /** One deadline for all of it: undici's own timeouts are per phase, and up to a second late. */
  async #exchange(options: Omit<Parameters<Pool['request']>[0], 'signal'>): Promise<CatalogResponse> {
    try {
      const signal = AbortSignal.timeout(responseTimeoutMs);
      const { statusCode, headers, body } = await this.#pool.request({ ...options, signal });
      const { etag } = headers;
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

/** @throws {ProblemError} catalog_unavailable when the body is not JSON */
export function parseBody<Body>({ body }: CatalogResponse): Body {
  try {
    return JSON.parse(body.toString()) as Body;
  } catch (cause) {
    throw unavailable(cause);
  }
}

function queryParameters(query: NonNullable<CatalogRequest['query']>): Record<string, string> {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => [name, value instanceof Date ? value.toISOString() : String(value)]),
  );
}

/** The catalog's problem. Any other body came from a different server on its port. */
function problemOf({ status, body }: CatalogResponse): ProblemError {
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
