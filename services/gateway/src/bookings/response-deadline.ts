import { withinTime } from '@boxoffice/shared/time-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** How long a response may take, in milliseconds, apart from waiting for an outcome. */
const responseLimitMs = 1_300;

/**
 * The time that a request has to be answered in, once it has been received as a whole: a client that takes long to
 * send the body is not to be told that the queue is slow. One limit for everything on the way (the catalog, the
 * database, the key, waiting for a round, the add), because each of them may take a second when it hangs.
 */
export class ResponseDeadline {
  readonly #reply: Pick<FastifyReply, 'raw'>;
  readonly #endsAt: number;

  constructor(reply: Pick<FastifyReply, 'raw' | 'elapsedTime'> & { request: Pick<FastifyRequest, 'bodyReadAt'> }) {
    this.#reply = reply;
    this.#endsAt = (reply.request.bodyReadAt ?? performance.now() - reply.elapsedTime) + responseLimitMs;
  }

  /** Whether nobody is waiting for the response any more: it has been sent, or the client has left. */
  get isOver(): boolean {
    return this.#reply.raw.writableEnded || this.#reply.raw.destroyed || performance.now() >= this.#endsAt;
  }

  /**
   * The result of `work` if it comes in time.
   *
   * @throws what `late` returns, when it does not
   */
  within<T>(work: Promise<T>, late: () => Error): Promise<T> {
    return withinTime(work, this.#endsAt - performance.now(), late);
  }
}
