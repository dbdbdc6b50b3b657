/**
 * Who is asking: access tokens as JWTs (RFC 7519) signed with Ed25519 (RFC 8037), one algorithm and no
 * other (RFC 8725, 3.1). They are believed without a look in the database for the 15 minutes they
 * live, unless they were revoked (access-revocations.ts): the user was deactivated or deleted, or got
 * another role or password.
 */
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { User } from '@boxoffice/shared/database/entities/identity';
import type { Http } from '@boxoffice/shared/service/http';
import jwt from '@fastify/jwt';
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { AccessRevocations } from '../identity/access-revocations.ts';
import type { Parts } from '../parts.ts';

/** The user a request comes from, as the access token says it. */
export interface AuthenticatedUser {
  id: number;
  username: string;
  role: User['role'];
}

/** What an access token says of its user; `sub` is the id. */
interface AccessClaims extends Pick<AuthenticatedUser, 'username' | 'role'> {
  sub: string;
  /** When it expires, in seconds since 1970; set when it is signed. */
  exp?: number;
  /** The user's token generation when it was signed; 0 unless given. */
  gen?: number;
}

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: AccessClaims;
    /** Set behind `requireUser` and `requireAdmin`, and only there. */
    user: AuthenticatedUser;
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    accessRevocations: Pick<AccessRevocations, 'isRevoked'>;
    knownTokens: LRUCache<string, AccessClaims>;
  }
}

/** Issuer and audience of every access token. */
const tokenIssuer = 'boxoffice';
const tokenAudience = 'boxoffice';
const accessTokenMinutes = 15;

/**
 * Tokens that are known to be good, so that a token's signature is verified once and not with every
 * booking. More than the users that are active at a time, or it would forget each before it comes
 * again; a kilobyte apiece at most. By the token itself: the library's own cache hashes it every time.
 */
const knownTokens = 20_000;

/** Teaches a server to sign and to verify access tokens; `requireUser` and `requireAdmin` need it. */
export function addAuthentication(
  http: Http,
  { keys, accessRevocations }: { keys: Parts['keys']; accessRevocations: Pick<AccessRevocations, 'isRevoked'> },
): void {
  http.decorate('accessRevocations', accessRevocations);
  http.decorate('knownTokens', new LRUCache<string, AccessClaims>({ max: knownTokens }));
  void http.register(jwt, {
    secret: { private: keys.privateKey, public: keys.publicKey },
    sign: {
      algorithm: 'EdDSA',
      kid: keys.kid,
      iss: tokenIssuer,
      aud: tokenAudience,
      expiresIn: `${accessTokenMinutes}m`,
    },
    verify: {
      algorithms: ['EdDSA'],
      allowedIss: tokenIssuer,
      allowedAud: tokenAudience,
      requiredClaims: ['sub', 'iss', 'aud', 'exp'],
    },
  });
}

/** Signs an access token for this user, good for 15 minutes. */
export function signAccessToken(
  http: FastifyInstance,
  { id, username, role, tokenGeneration }: AuthenticatedUser & Pick<User, 'tokenGeneration'>,
): string {
  return http.jwt.sign({ sub: String(id), username, role, gen: tokenGeneration });
}

/** onRequest hook: lets a request pass that carries a valid access token, and sets `request.user`. */
export function requireUser(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  done(identify(request, reply));
}

/** onRequest hook: lets a request pass that carries an administrator's access token, and sets `request.user`. */
export function requireAdmin(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  const refusal = identify(request, reply);
  done(refusal ?? (request.user.role === 'admin' ? undefined : new ProblemError('forbidden')));
}

/** Sets `request.user`, or gives the reason why it cannot. */
function identify(request: FastifyRequest, reply: FastifyReply): Error | undefined {
  const token = /^Bearer +([^ ]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!token) {
    reply.header('www-authenticate', 'Bearer');
    return new ProblemError(
      'unauthenticated',
      'No access token came with the request: log in, and send `Authorization: Bearer <access>`.',
    );
  }
  try {
    const { sub, username, role, gen = 0 } = verify(request.server, token);
    request.user = { id: Number(sub), username, role };
    return request.server.accessRevocations.isRevoked(request.user.id, gen) ? revoked(reply) : undefined;
  } catch (error) {
    return refuse(error, reply);
  }
}

/** The claims of a token; throws as the library does when it is not valid, or not any more. */
function verify({ jwt, knownTokens }: FastifyInstance, token: string): AccessClaims {
  const known = knownTokens.get(token);
  if (known?.exp && Date.now() < known.exp * 1_000) return known;
  const claims = jwt.verify<AccessClaims>(token);
  knownTokens.set(token, claims);
  return claims;
}

function revoked(reply: FastifyReply): Error {
  reply.header('www-authenticate', 'Bearer error="invalid_token"');
  return new ProblemError(
    'unauthenticated',
    'The access token has been revoked: get the next one with POST /api/auth/refresh/, or log in again.',
  );
}

/** Challenges as RFC 6750, section 3, wants it. */
function refuse(error: unknown, reply: FastifyReply): Error {
  const code = String((error as { code?: unknown }).code);
  if (!code.startsWith('FAST_JWT_')) return error as Error;
  reply.header('www-authenticate', 'Bearer error="invalid_token"');
  return code === 'FAST_JWT_EXPIRED'
    ? new ProblemError(
        'unauthenticated',
        'The access token has expired: get the next one with POST /api/auth/refresh/.',
      )
    : new ProblemError('unauthenticated', 'The access token is not valid: log in for another.');
}
