import { createHash } from 'node:crypto';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { requireAdmin } from '../http/authentication.ts';
import { checkPassword } from '../identity/check-password.ts';
import type { Parts } from '../parts.ts';

/** A password that was right need not be hashed again for each of a page's files, for this long, in milliseconds. */
const rememberedMs = 60_000;
const rememberedLimit = 100;

/**
 * onRequest hook for pages that operators open in a browser, which asks for their user name and
 * password by itself (Basic, RFC 7617); an administrator's access token does too.
 *
 * @throws {ProblemError} unauthenticated, forbidden, too_many_requests
 */
export function requireOperator(parts: Parameters<typeof checkPassword>[0] & Pick<Parts, 'accessRevocations'>) {
  const remembered = new LRUCache<string, { userId: number; generation: number }>({
    max: rememberedLimit,
    ttl: rememberedMs,
  });

  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { authorization = '' } = request.headers;
    if (/^bearer /i.test(authorization)) {
      await new Promise<void>((resolve, reject) =>
        requireAdmin(request, reply, (error) => (error ? reject(error) : resolve())),
      );
      return;
    }
    const [, encoded] = /^basic +([\w+/=]+)$/i.exec(authorization) ?? [];
    if (!encoded) throw wantsLogin(reply);
    const key = createHash('sha256').update(encoded).digest('base64');
    const known = remembered.get(key);
    if (known && !parts.accessRevocations.isRevoked(known.userId, known.generation)) return;

    const [, username = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
    const user = await checkPassword(parts, username, password, request.ip);
    if (!user) throw wantsLogin(reply);
    if (user.role !== 'admin') throw new ProblemError('forbidden');
    remembered.set(key, { userId: user.id, generation: user.tokenGeneration });
  };
}

function wantsLogin(reply: FastifyReply): ProblemError {
  reply.header('www-authenticate', 'Basic realm="Boxoffice operators", charset="UTF-8"');
  return new ProblemError('unauthenticated', 'This page is for administrators: log in with user name and password.');
}
