/**
 * Requests that never reach a route, because Node's HTTP parser refuses them: they are answered with a problem
 * and the headers of every other response.
 */
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { type Problem, type ProblemCode, problem } from '../contracts/problems.ts';

interface Refusing {
  logger: Logger;
  /** Headers of every response. */
  headers: Readonly<Record<string, string>>;
}

/** Errors of the parser that are not simply a malformed request. */
const refusals: Record<string, [ProblemCode, string]> = {
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'URL and headers together may have 16 KB at most.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['payload_too_large', 'The extensions of the chunks are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request did not arrive completely in time.'],
};

/** Handles what Node's HTTP parser refuses, and closes the connection: where the next request begins is unknown. */
export function clientErrorHandler({ logger, headers }: Refusing): (error: ConnectionError, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    if (isAnswering(socket)) {
      logger.info({ reason: error.code }, 'closing a connection: a malformed request follows one being answered');
      socket.destroy();
      return;
    }
    const [code, detail] = refusals[error.code] ?? ['validation_failed', 'This is not a valid HTTP/1.1 request.'];
    const body = problem(code, detail);
    logger.info({ status: body.status, reason: error.code }, 'malformed request');
    socket.end(rawResponse(body, headers), () => socket.destroy());
  };
}

/** Refuses the requests that Node hands to no listener of ours, or answers itself: CONNECT, and unknown expectations. */
export function refuseBeforeRouting(server: Server, { logger, headers }: Refusing): void {
  server.on('checkExpectation', (_request, response) => {
    const body = problem('expectation_failed', 'The only expectation that can be met is 100-continue.');
    logger.info({ status: body.status }, 'malformed request');
    const text = JSON.stringify(body);
    response.writeHead(body.status, responseHeaders(headers, text)).end(text);
  });
  // The preface of HTTP/2 is the one method that Node's parser knows and the router does not: as a TRACE it is not found.
  server.prependListener('request', (request) => {
    if (request.method === 'PRI') request.method = 'TRACE';
  });
  server.on('connect', (_request, socket) => {
    if (isAnswering(socket)) return void socket.destroy();
    const body = problem('validation_failed', 'This server is no proxy: CONNECT is not supported.');
    logger.info({ status: body.status }, 'malformed request');
    socket.on('error', () => socket.destroy());
    socket.end(rawResponse(body, headers), () => socket.destroy());
  });
}

/**
 * Closes the connection after a response to a request whose body has not arrived: what comes next is not the next
 * request, and if it is malformed, or late, it would get a response that nobody asked for.
 */
export function closeUnlessRead({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (hasMissingBody(raw)) reply.header('connection', 'close');
}

/** As `closeUnlessRead`, but first lets the parser read what came along with the headers. */
export function closeUnlessReadSoon(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (hasMissingBody(request.raw)) {
    setImmediate(() => {
      closeUnlessRead(request, reply);
      done();
    });
  } else done();
}

/** A request without a body is not complete either until its first hook returns, but nothing is missing. */
function hasMissingBody({ complete, headers }: IncomingMessage): boolean {
  const { 'transfer-encoding': encoding, 'content-length': length = '0' } = headers;
  return !complete && (encoding !== undefined || Number(length) > 0);
}

/**
 * Whether the connection still owes the response to a complete request, or has begun it: anything written now
 * would be taken for that response, or for a part of it. Node itself looks at the same property.
 */
function isAnswering(socket: Duplex): boolean {
  const { _httpMessage: response } = socket as Duplex & { _httpMessage?: ServerResponse | null };
  return Boolean(response && (response.headersSent || response.req.complete));
}

function responseHeaders(headers: Readonly<Record<string, string>>, body: string): Record<string, string> {
  return {
    ...headers,
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
}

function rawResponse(body: Problem, headers: Readonly<Record<string, string>>): string {
  const text = JSON.stringify(body);
  const fields = { ...responseHeaders(headers, text), date: new Date().toUTCString() };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status]}\r\n${lines.join('')}\r\n${text}`;
}
