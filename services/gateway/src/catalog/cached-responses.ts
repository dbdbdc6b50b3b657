import { matchesIfNoneMatch } from '@boxoffice/shared/service/conditional-requests';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CachedResponse, CacheGroup, PendingResponse, ResponseCache } from './response-cache.ts';

/** Headers that are the same for every client. */
const cachedHeaders = ['content-type', 'etag', 'cache-control'];

/**
 * Hooks that serve a public GET route from the cache; of concurrent requests for the same URL only one
 * reaches the catalog. Not for responses that depend on the user.
 *
 * @param groupOf returns what a response depends on; called before the request is validated
 */
export function cached(responses: ResponseCache, groupOf: (request: FastifyRequest) => CacheGroup) {
  /** Requests whose responses other requests are waiting for. */
  const pending = new WeakMap<FastifyRequest, PendingResponse>();
  const settle = (request: FastifyRequest, act: (response: PendingResponse) => void) => {
    const response = pending.get(request);
    if (response) act(response);
    pending.delete(request);
  };

  return {
    async onRequest(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
      const group = groupOf(request);
      const url = request.originalUrl; // as the client wrote it: responses contain links to it
      const found = responses.find(group, url);
      const response = found && (await found);
      if (response) return sendCached(request, reply, response);
      // The catalog may answer a conditional request with 304, which is of no use to others.
      if (request.method !== 'GET' || request.headers['if-none-match'] !== undefined) return undefined;
      const begun = responses.begin(group, url);
      if (begun) pending.set(request, begun);
      return undefined;
    },
    async onError(request: FastifyRequest, _reply: FastifyReply, error: Error): Promise<void> {
      settle(request, (response) => response.reject(error));
    },
    async onSend(request: FastifyRequest, reply: FastifyReply, body: unknown): Promise<unknown> {
      settle(request, (response) => response.resolve(reply.statusCode === 200 ? responseOf(reply, body) : null));
      return body;
    },
    /** For responses that never reached `onSend`. */
    async onResponse(request: FastifyRequest): Promise<void> {
      settle(request, (response) => response.resolve(null));
    },
  };
}

function sendCached(request: FastifyRequest, reply: FastifyReply, { headers, body }: CachedResponse): FastifyReply {
  const { 'content-type': type = '', ...others } = headers;
  reply.headers(others);
  return headers.etag && matchesIfNoneMatch(request.headers['if-none-match'], headers.etag)
    ? reply.code(304).send()
    : reply.type(type).send(body);
}

function responseOf(reply: FastifyReply, body: unknown): CachedResponse | null {
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) return null;
  const headers = cachedHeaders.flatMap((name) =>
    reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : [],
  );
  return { headers: Object.fromEntries(headers), body: ownBytes(body) };
}

/** A copy outside Node's buffer pool, where a few bytes can keep 8 KiB alive that no limit counts. */
function ownBytes(body: string | Buffer): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(body));
  if (typeof body === 'string') bytes.write(body);
  else body.copy(bytes);
  return bytes;
}
