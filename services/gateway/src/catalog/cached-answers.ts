import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer, AnswerCache, Subject } from './answer-cache.ts';

/** Headers that belong to an answer, whoever asks. */
const keptHeaders = ['content-type', 'etag', 'cache-control'];

/** Who is making an answer that others wait for. */
const makers = new WeakMap<FastifyRequest, (answer: Answer | null) => void>();

/**
 * Hooks of a public GET route: it answers out of the cache, and of those who ask for the same at the
 * same time one asks the catalog. Answers that differ from user to user must not have them.
 *
 * @param subjectOf what the answer is about
 */
export function cached(answers: AnswerCache, subjectOf: (request: FastifyRequest) => Subject) {
  return {
    async onRequest(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
      const tag = request.headers['if-none-match'];
      const subject = subjectOf(request);
      const url = `${request.protocol}://${request.host}${request.originalUrl}`; // links are made of it
      const answer = await answers.find(subject, url);
      if (answer && tag !== '*') {
        const { 'content-type': type = '', ...headers } = answer.headers;
        reply.headers(headers);
        return headers.etag && tag?.includes(headers.etag)
          ? reply.code(304).send()
          : reply.type(type).send(answer.body);
      }
      const keep = request.method === 'GET' && tag === undefined ? answers.promise(subject, url) : null;
      if (keep) makers.set(request, keep);
      return undefined;
    },
    async onSend(request: FastifyRequest, reply: FastifyReply, body: unknown): Promise<unknown> {
      const keep = makers.get(request);
      if (keep)
        keep(reply.statusCode === 200 && isBytes(body) ? { headers: headersOf(reply), body: Buffer.from(body) } : null);
      makers.delete(request);
      return body;
    },
    /** Also when nothing was sent. */
    async onResponse(request: FastifyRequest): Promise<void> {
      makers.get(request)?.(null);
    },
  };
}

function isBytes(body: unknown): body is string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body);
}

function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    keptHeaders.flatMap((name) => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : [])),
  );
}
