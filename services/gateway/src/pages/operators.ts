import { createHash } from 'node:crypto';
import { LoginBody } from '@boxoffice/shared/contracts/identity';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { requireAdmin } from '../http/authentication.ts';
import { type AccessRevocations, checkPassword, type PasswordCheckDependencies } from '../identity/index.ts';

/** How long a verified password is cached, so that it is not hashed for every file of a page, in milliseconds. */
const rememberedMs = 60_000;
const rememberedLimit = 100;

export interface OperatorDependencies extends PasswordCheckDependencies {
  accessRevocations: Pick<AccessRevocations, 'isRevoked'>;
}

/**
 * Makes an onRequest hook for pages that administrators open in a browser. The browser asks for their user
 * name and password (Basic, RFC 7617); an administrator's access token works too.
 *
 * @throws {ProblemError} unauthenticated, forbidden, too_many_requests
 */
export function requireOperator({ accessRevocations, ...identity }: OperatorDependencies) {
  const remembered = new LRUCache<string, { userId: number; generation: number }>({
    max: rememberedLimit,
    ttl: rememberedMs,
  });

  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.header('cache-control', 'no-store');
    const { authorization = '' } = request.headers;
    if (/^bearer /i.test(authorization)) {
      await new Promise<void>((resolve, reject) =>
        requireAdmin(request, reply, (error) => (error ? reject(error) : resolve())),
      );
      return;
    }
    const [, encoded] = /^basic +([\w+/=]+)$/i.exec(authorization) ?? [];
    if (!encoded) throw loginRequired(reply);
    const key = createHash('sha256').update(encoded).digest('base64');
    const known = remembered.get(key);
    if (known && !accessRevocations.isRevoked(known.userId, known.generation)) return;

    const [, username = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
    const login = LoginBody.safeParse({ username, password });
    if (!login.success) throw loginRequired(reply);
    const user = await checkPassword(identity, login.data.username, login.data.password, request.ip);
    if (!user) throw loginRequired(reply);
    if (user.role !== 'admin') throw new ProblemError('forbidden');
    remembered.set(key, { userId: user.id, generation: user.tokenGeneration });
  };
}

function loginRequired(reply: FastifyReply): ProblemError {
  reply.header('www-authenticate', 'Basic realm="Boxoffice operators", charset="UTF-8"');
  return new ProblemError(
    'unauthenticated',
    'This page is for administrators. Log in with your user name and password.',
  );
}
