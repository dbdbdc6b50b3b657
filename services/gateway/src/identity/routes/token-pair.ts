import type { TokenPair } from '@boxoffice/shared/contracts/identity';
import type { FastifyReply } from 'fastify';
import { signAccessToken } from '../../http/authentication.ts';
import type { Session } from '../log-in.ts';

/** The tokens of a session, in a response that no cache may store (RFC 6749, section 5.1). */
export function tokenPair(reply: FastifyReply, { user, family, refresh }: Session): TokenPair {
  reply.header('cache-control', 'no-store');
  return { access: signAccessToken(reply.server, user, family), refresh };
}
