import { randomBytes } from 'node:crypto';
import { type IncomingMessage, maxHeaderSize } from 'node:http';
import { errorCodes, type FastifyReply, type FastifyRequest, fastify, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { ProblemError } from '../contracts/problems.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { Health, type HealthCheck } from './health.ts';
import { measureRequests } from './http-metrics.ts';
import type { Http } from './http-type.ts';
import { clientErrorHandler, closeUnlessRead, closeUnlessReadSoon, refuseBeforeRouting } from './malformed-http.ts';
import { addHealth, addMetrics } from './operational-routes.ts';
import { sendError, sendNotFound } from './problem-responses.ts';
import { fastifyTrustProxy, type TrustedProxies } from './trusted-proxies.ts';

export type { Http };

export interface HttpOptions {
  logger: Logger;
  /** Dependencies without which this service is not ready, by name. */
  checks: Record<string, HealthCheck>;
  /** Headers of every response, also of those to requests that never reach a route. Names in lower case. */
  headers?: Readonly<Record<string, string>>;
  /** None by default. */
  trustProxy?: TrustedProxies;
  tracing?: Tracing | undefined;
  /** Maps a request's URL to the one that is routed, for paths that have moved. */
  rewriteUrl?: (request: IncomingMessage) => string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as the client sent it; empty when there is none. */
    bodyAsSent: string;
    /** When the body had been received, by `performance.now()`; null when there is none. */
    bodyReadAt: number | null;
  }
}

function createServer({
  logger,
  headers = {},
  trustProxy = false,
  rewriteUrl,
}: Omit<HttpOptions, 'checks' | 'tracing'>) {
  return fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => acceptedRequestId(request.headers['x-request-id']) ?? newRequestId(),
    // Parameters are limited by the schemas alone: the router's own limit responds 414, without a problem body.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: maxHeaderSize },
    // Requests that the router itself refuses, such as a malformed escape in a URL. It runs no hooks.
    frameworkErrors(error, request, reply) {
      setHeaders(request, reply, headers);
      closeUnlessRead(request, reply);
      sendError(error, request, reply);
      request.log.info({ method: request.method, route: 'unknown', status: reply.statusCode }, 'request');
    },
    clientErrorHandler: clientErrorHandler({ logger, headers }),
    // Node would refuse a request without Host in plain text: the first hook does.
    http: { requireHostHeader: false },
    bodyLimit: 64 * 1024,
    requestTimeout: 15_000,
    trustProxy: fastifyTrustProxy(trustProxy),
    ...(rewriteUrl && { rewriteUrl }),
    // Idle keep-alive connections must not delay shutdown.
    forceCloseConnections: 'idle' as const,
    // Fastify's own refusal has no problem body and no Retry-After: the gateway refuses requests itself.
    return503OnClosing: false,
  });
}

const processId = randomBytes(6).toString('base64url');
let requests = 0;

/** Unique among processes and restarts, and cheaper than random bytes for each request. */
function newRequestId(): string {
  requests++;
  return `${processId}-${requests.toString(36)}`;
}

/** Keeps a caller's request id if it is short and plain; anything else could forge log lines. */
function acceptedRequestId(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && /^[\w.-]{1,64}$/.test(header) ? header : null;
}

/**
 * Builds the server of an internal service: schemas from zod, errors as problem+json, a log line per request, and
 * no routes but `/livez`, `/readyz` (with details) and `/metrics`. Does no I/O.
 */
export function createHttp(options: HttpOptions): { http: Http; metrics: Registry } {
  const { http, metrics, health } = createMeasured(options);
  options.tracing?.traceRequests(http, { trustsCallers: true });
  addHealth(http, health, 'detail');
  addMetrics(http, metrics, health);
  return { http, metrics };
}

interface PublicHttp {
  http: Http;
  internal: Http;
  metrics: Registry;
  /**
   * From now on readiness fails, and each response closes its connection, so that a load balancer sends requests elsewhere;
   * those that still arrive are served.
   */
  drain(): void;
}

/**
 * Builds the server of a public service. Strangers learn the names of its dependencies and whether they respond;
 * metrics and details are for `internal`, a server for a port of its own, which closes after the public one.
 */
export function createPublicHttp(options: HttpOptions): PublicHttp {
  const { http, metrics, health } = createMeasured(options);
  // Strangers must not choose what is traced. A trusted proxy is expected to remove or replace the header that they send.
  options.tracing?.traceRequests(http, { trustsCallers: (options.trustProxy ?? false) !== false });
  let draining = false;
  http.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining) reply.header('connection', 'close');
    done();
  });
  addHealth(http, health, 'state');
  const internal = createPlain({ logger: options.logger });
  addHealth(internal, health, 'detail');
  addMetrics(internal, metrics, health);
  http.addHook('onClose', () => internal.close());
  const drain = () => {
    draining = true;
    health.stop();
  };
  return { http, internal, metrics, drain };
}

function createMeasured(options: HttpOptions) {
  const http = createPlain(options);
  const metrics = new Registry();
  const health = new Health(options.checks);
  measureRequests(http, metrics);
  http.addHook('preClose', async () => health.stop());
  return { http, metrics, health };
}

function createPlain(options: Omit<HttpOptions, 'checks'>): Http {
  const http: Http = createServer(options).withTypeProvider<ZodTypeProvider>();
  const { logger, headers = {} } = options;
  refuseBeforeRouting(http.server, { logger, headers });
  http.addHook('onRequest', (request, reply, done) => {
    setHeaders(request, reply, headers);
    done(hasHost(request) ? undefined : new ProblemError('validation_failed', 'The Host header is missing.'));
  });
  http.addHook('onSend', (request, reply, _payload, done) => closeUnlessReadSoon(request, reply, done));
  readJsonBodies(http);
  http.setValidatorCompiler(validatorCompiler);
  http.setSerializerCompiler(serializerCompiler);
  http.setErrorHandler(sendError);
  http.setNotFoundHandler(sendNotFound);
  return http;
}

function setHeaders(request: FastifyRequest, reply: FastifyReply, headers: Readonly<Record<string, string>>): void {
  reply.headers(headers).header('x-request-id', request.id);
}

/** HTTP/1.1 requires a Host (RFC 9112, 3.2); HTTP/1.0 did not know it. */
function hasHost({ raw: { headers, httpVersion } }: FastifyRequest): boolean {
  return headers.host !== undefined || httpVersion === '1.0';
}

/** Accepts JSON bodies only. An empty body counts as none, whatever its type: many clients send a type with every POST. */
function readJsonBodies(http: Http): void {
  const readJson = http.getDefaultJsonParser('error', 'error');
  http.decorateRequest('bodyAsSent', '');
  http.decorateRequest('bodyReadAt', null);
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    request.bodyReadAt = performance.now();
    request.bodyAsSent = String(body);
    return body === '' ? done(null, undefined) : readJson(request, request.bodyAsSent, done);
  });
  http.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) =>
    body === ''
      ? done(null, undefined)
      : done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(String(request.headers['content-type']))),
  );
}

/**
 * Starts to listen, and logs the address that was configured. Fastify alone would name the host's own
 * addresses instead, loopback first, which reads as if only that one were served.
 */
export async function listen(http: Http, { host, port }: { host: string; port: number }): Promise<void> {
  await http.listen({
    host,
    port,
    listenTextResolver: (address) => `Server listening on ${host}, reachable at ${address}`,
  });
}
