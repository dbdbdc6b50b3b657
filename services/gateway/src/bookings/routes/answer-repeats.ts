import type { JobView } from '@boxoffice/shared/contracts/booking';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Hooks } from '../../http/operation.ts';
import { waitMsOf } from '../../http/preferences.ts';
import { Acceptance } from '../acceptance.ts';
import { findKeyOwner, findRepeated, type RepeatDependencies } from '../find-repeated.ts';
import { requestKeyOf } from '../request-key.ts';
import type { PollDependencies } from './job-reply.ts';

/**
 * Answers a repeat of an Idempotency-Key like its first request, before anything is validated: whether the
 * request would still be valid does not matter any more.
 *
 * @param options.showOf the show that the path's id names; null when it names none
 * @param options.waitSeconds how long to wait for an outcome when the client has no preference
 */
export function answerRepeats(options: {
  showOf: (id: string) => number | null;
  waitSeconds: number;
  send: (dependencies: PollDependencies, request: FastifyRequest, reply: FastifyReply, job: JobView) => FastifyReply;
}) {
  return (dependencies: RepeatDependencies & PollDependencies): Hooks => ({
    async preValidation(request, reply) {
      const key = requestKeyOf(request);
      const showId = options.showOf(String((request.params as { id?: unknown }).id));
      if (!key || showId === null) return;
      const acceptance = new Acceptance(reply);
      const userId = request.user.id;
      const owner = await acceptance.lookUp(findKeyOwner(dependencies, { userId, key }, showId));
      if (!owner) return;
      const waitMs = waitMsOf({ headers: { prefer: request.headers.prefer } }, reply, options.waitSeconds);
      const job = await findRepeated(dependencies, owner, { userId, key, waitMs, acceptance });
      if (job) return options.send(dependencies, request, reply, job);
    },
  });
}
