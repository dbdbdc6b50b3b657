import type { TokenPair } from '@boxoffice/shared/contracts/identity';
import type { FastifyReply } from 'fastify';
import { signAccessToken } from '../../http/authentication.ts';
import type { Session } from '../log-in.ts';

/** The tokens of a session. */
export function tokenPair(reply: FastifyReply, { user, family, refresh }: Session): TokenPair {
  return { access: signAccessToken(reply.server, user, family), refresh };
}
