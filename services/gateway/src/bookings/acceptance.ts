import type { FastifyReply } from 'fastify';
import { queueUnavailable } from './queue/queue-errors.ts';

/** How long it may take from a request's arrival until it is accepted or refused, in milliseconds. */
const acceptanceLimitMs = 1_300;

/**
 * The time that a request has to be accepted in. One limit for everything on the way (the catalog, the
 * database, the key, waiting for a round, the add), because each of them may take a second when it hangs.
 */
export class Acceptance {
  /** The request's id, once it has been sent to the queue. */
  jobId: string | undefined;
  readonly #reply: Pick<FastifyReply, 'raw'>;
  readonly #endsAt: number;

  constructor(reply: Pick<FastifyReply, 'raw' | 'elapsedTime'>) {
    this.#reply = reply;
    this.#endsAt = performance.now() - reply.elapsedTime + acceptanceLimitMs;
  }

  /** Whether nobody is waiting for the response any more: it has been sent, or the client has left. */
  get isOver(): boolean {
    return this.#reply.raw.writableEnded || this.#reply.raw.destroyed || performance.now() >= this.#endsAt;
  }

  /**
   * The result of `work` if it comes in time.
   *
   * @throws {ProblemError} queue_unavailable when it does not
   */
  async within<T>(work: Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    // After a busy moment timers come first: what has arrived meanwhile is read before we give up.
    const giveUp = () => setImmediate(() => reject(queueUnavailable(new Error('it took too long'), this.jobId)));
    const timer = setTimeout(giveUp, Math.max(this.#endsAt - performance.now(), 0));
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
