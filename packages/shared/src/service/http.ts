/**
 * What every HTTP server of Boxoffice does alike: schemas from zod, errors as problem+json, one log
 * line per request, health, metrics.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { errorCodes, type FastifyError, type FastifyReply, type FastifyRequest, fastify, LogController } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { type Problem, type ProblemCode, ProblemError, problem } from '../contracts/problems.ts';

/** Asks one dependency for a sign of life; rejects when there is none. */
export type HealthCheck = () => Promise<unknown>;

export interface HttpOptions {
  logger: Logger;
  /** Dependencies without which this service is not ready, by name. */
  checks: Record<string, HealthCheck>;
  trustProxy?: boolean;
  /** The path that a request means, when it is not the one it names. */
  rewriteUrl?: (request: IncomingMessage) => string;
}

/** A dependency that has not answered a health check after this long counts as away, in milliseconds. */
const healthTimeoutMs = 1_000;

const typed = (http: ReturnType<typeof bare>) => http.withTypeProvider<ZodTypeProvider>();
export type Http = ReturnType<typeof typed>;

function bare({ logger, trustProxy = false, rewriteUrl }: HttpOptions) {
  return fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => acceptedRequestId(request.headers['x-request-id']) ?? newRequestId(),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    bodyLimit: 64 * 1024,
    requestTimeout: 15_000,
    trustProxy,
    ...(rewriteUrl && { rewriteUrl }),
    // Idle keep-alive connections must not hold up a stop.
    forceCloseConnections: 'idle' as const,
  });
}

const processId = randomBytes(6).toString('base64url');
let requests = 0;

/** Unique among processes and restarts, and cheaper than random bytes for each request. */
function newRequestId(): string {
  requests++;
  return `${processId}-${requests.toString(36)}`;
}

/** Another's request id is kept when it is short and plain; anything else could forge log lines. */
function acceptedRequestId(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && /^[\w.-]{1,64}$/.test(header) ? header : null;
}

/** Builds a server that has no routes yet but `/livez`, `/readyz` and `/metrics`. Does no I/O. */
export function createHttp(options: HttpOptions): { http: Http; metrics: Registry } {
  const http = typed(bare(options));
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  readJsonBodies(http);
  http.setValidatorCompiler(validatorCompiler);
  http.setSerializerCompiler(serializerCompiler);
  http.setErrorHandler(answerError);
  http.setNotFoundHandler((request, reply) =>
    sendProblem(
      request,
      reply,
      problem('not_found', `There is nothing at ${request.method} ${request.url.split('?')[0]}.`),
    ),
  );
  measureRequests(http, metrics);
  addHealth(http, options.checks);
  http.get('/metrics', { schema: { hide: true }, logLevel: 'warn' }, async (_request, reply) => {
    reply.type(metrics.contentType);
    return metrics.metrics();
  });
  return { http, metrics };
}

/** Bodies are JSON and nothing else. None at all is no error: many clients name the type with every POST. */
function readJsonBodies(http: Http): void {
  const readJson = http.getDefaultJsonParser('error', 'error');
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null, undefined) : readJson(request, String(body), done),
  );
  http.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) =>
    body === ''
      ? done(null, undefined)
      : done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(String(request.headers['content-type']))),
  );
}

function measureRequests(http: Http, metrics: Registry): void {
  const latency = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to last byte of the answer, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [metrics],
  });
  http.addHook('onResponse', async (request, reply) => {
    // A stream lasts as long as its client likes: no latency, and whoever sends it writes its line.
    if (String(reply.getHeader('content-type')).startsWith('text/event-stream')) return;
    const route = request.routeOptions.url ?? 'unknown';
    latency.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1_000);
    request.log.info(
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 },
      'request',
    );
  });
}

function addHealth(http: Http, checks: Record<string, HealthCheck>): void {
  let stopping = false;
  http.addHook('preClose', async () => {
    stopping = true;
  });
  http.get('/livez', { schema: { hide: true }, logLevel: 'warn' }, async () => ({ status: 'alive' }));
  http.get('/readyz', { schema: { hide: true }, logLevel: 'warn' }, async (_request, reply) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await verdict(check)] as const),
    );
    const ready = !stopping && results.every(([, result]) => result === 'ok');
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : stopping ? 'stopping' : 'not ready',
      checks: Object.fromEntries(results),
    });
  });
}

async function verdict(check: HealthCheck): Promise<string> {
  try {
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('no answer')), healthTimeoutMs).unref());
    await Promise.race([check(), late]);
    return 'ok';
  } catch (error) {
    return (error as Error).message || (error as Error).name;
  }
}

/** The one error handler. Details of what went wrong inside stay in the log. */
function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ProblemError) {
    if (error.problem.status >= 500)
      request.log.warn({ err: error.cause ?? error, code: error.problem.code }, error.message);
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterSeconds));
    return sendProblem(request, reply, error.problem);
  }
  if (hasZodFastifySchemaValidationErrors(error)) return sendProblem(request, reply, validationProblem(error));
  const code = codeOfFrameworkError(error as FastifyError);
  if (code) return sendProblem(request, reply, problem(code, (error as FastifyError).message));
  if (isDatabaseAway(error)) {
    request.log.warn({ err: error }, 'database is away');
    reply.header('retry-after', 1);
    return sendProblem(
      request,
      reply,
      problem('database_unavailable', 'The database does not answer. Try again in a moment.'),
    );
  }
  request.log.error({ err: error }, 'unexpected error');
  return sendProblem(
    request,
    reply,
    problem('internal_error', 'Something went wrong. It has been logged under this request id.'),
  );
}

/** Sends a problem as RFC 9457 wants it, past any response schema. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, body: Problem): FastifyReply {
  return reply
    .code(body.status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({ ...body, instance: request.id });
}

function validationProblem(error: FastifyError): Problem {
  const errors: Record<string, string[]> = {};
  for (const issue of error.validation ?? []) {
    const field = issue.instancePath.slice(1).replaceAll('/', '.') || (error.validationContext ?? 'body');
    errors[field] = [...(errors[field] ?? []), issue.message ?? 'Not valid'];
  }
  const detail = Object.entries(errors)
    .map(([field, messages]) => `${field}: ${messages.join('; ')}`)
    .join('. ');
  return problem('validation_failed', detail, { errors });
}

function codeOfFrameworkError(error: FastifyError): ProblemCode | null {
  switch (error.statusCode) {
    case 400:
      return 'validation_failed';
    case 401:
      return 'unauthenticated';
    case 413:
      return 'payload_too_large';
    case 415:
      return 'unsupported_media_type';
    case 429:
      return 'too_many_requests';
    default:
      return null;
  }
}

/** PostgreSQL's classes 08 (connection; 08P01 is a statement it cannot read), 53 (resources), 57 (operator), and what the driver says without a code. */
export function isDatabaseAway(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (
      typeof code === 'string' &&
      /^(08(?!P01)|53|57)|^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|AI_AGAIN|NOTFOUND)$/.test(code)
    )
      return true;
    if (
      /Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|Query read timeout|connection timeout/i.test(
        cause.message,
      )
    )
      return true;
  }
  return false;
}
