/**
 * Authentication: access tokens are JWTs (RFC 7519) signed with Ed25519 (RFC 8037), with one algorithm
 * and no other (RFC 8725, section 3.1). They are trusted for the 15 minutes they live without a query
 * to the database, unless they were revoked because their login ended, or because the user was deactivated or
 * deleted, or got another role or password.
 */
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { User } from '@boxoffice/shared/database/entities/identity';
import type { Http } from '@boxoffice/shared/service/http';
import jwt from '@fastify/jwt';
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { LRUCache } from 'lru-cache';

/** The user who sent a request, according to the access token. */
export interface AuthenticatedUser {
  id: number;
  username: string;
  role: User['role'];
}

/** The claims of an access token; `sub` is the user's id. */
interface AccessClaims extends Pick<AuthenticatedUser, 'username' | 'role'> {
  sub: string;
  /** Expiry in seconds since 1970; set when the token is signed. */
  exp?: number;
  /** The user's token generation when the token was signed; absent means 0. */
  gen?: number;
  /** The login that the token belongs to: the family of its refresh tokens. */
  sid?: string;
}

/** The key pair that signs access tokens and verifies them, in PEM. */
export interface SigningKeyPair {
  kid: string;
  privateKey: string;
  publicKey: string;
}

/** Knows which access tokens were revoked before they expired. */
export interface RevocationCheck {
  isRevoked(userId: number, generation: number, family?: string): boolean;
}

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: AccessClaims;
    /** Set by `requireUser` and `requireAdmin`, and by nothing else. */
    user: AuthenticatedUser;
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    accessRevocations: RevocationCheck;
    knownTokens: LRUCache<string, AccessClaims>;
    forAdministrators?: true;
  }
}

/** Issuer and audience of every access token. */
const tokenIssuer = 'boxoffice';
const tokenAudience = 'boxoffice';
const accessTokenMinutes = 15;

/**
 * How many valid tokens are remembered, so that a signature is verified once and not with every booking.
 * It must exceed the number of users active at a time, or each token is evicted before it is used again.
 * An entry takes a kilobyte at most. Keyed by the token itself: the library's own cache hashes it each time.
 */
const knownTokens = 20_000;

/** Enables a server to sign and verify access tokens; `requireUser` and `requireAdmin` depend on it. */
export function addAuthentication(
  http: Http,
  { keys, accessRevocations }: { keys: SigningKeyPair; accessRevocations: RevocationCheck },
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

/**
 * Signs an access token for this user, valid for 15 minutes.
 *
 * @param family identifies the login that the token belongs to
 */
export function signAccessToken(
  http: FastifyInstance,
  { id, username, role, tokenGeneration }: AuthenticatedUser & Pick<User, 'tokenGeneration'>,
  family: string,
): string {
  return http.jwt.sign({ sub: String(id), username, role, gen: tokenGeneration, sid: family });
}

/** onRequest hook: lets requests with a valid access token pass, and sets `request.user`. */
export function requireUser(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  done(identify(request, reply));
}

/** onRequest hook: lets requests with an administrator's access token pass, and sets `request.user`. */
export function requireAdmin(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  const refusal = identify(request, reply);
  done(refusal ?? (request.user.role === 'admin' ? undefined : new ProblemError('forbidden')));
}

/** Requires an administrator for every route of this Fastify plugin. */
export function closeToEveryoneElse(plugin: Http): void {
  plugin.decorate('forAdministrators', true);
  plugin.addHook('onRequest', requireAdmin);
}

/** Sets `request.user`, or returns the reason why it cannot. No cache may store what a user gets. */
function identify(request: FastifyRequest, reply: FastifyReply): Error | undefined {
  reply.header('cache-control', 'no-store');
  const token = /^Bearer +([^ ]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!token) {
    reply.header('www-authenticate', 'Bearer');
    return new ProblemError(
      'unauthenticated',
      'No access token was sent. Log in and send `Authorization: Bearer <access>`.',
    );
  }
  try {
    const { sub, username, role, gen = 0, sid } = verify(request.server, token);
    request.user = { id: Number(sub), username, role };
    return request.server.accessRevocations.isRevoked(request.user.id, gen, sid) ? revoked(reply) : undefined;
  } catch (error) {
    return invalid(error, reply);
  }
}

/** Returns the claims of a token; throws the library's error when it is invalid or has expired. */
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
    'The access token has been revoked. Get a new one from POST /api/auth/refresh/, or log in again.',
  );
}

/** Sends the challenge that RFC 6750, section 3, requires. */
function invalid(error: unknown, reply: FastifyReply): Error {
  const code = String((error as { code?: unknown }).code);
  if (!code.startsWith('FAST_JWT_')) return error as Error;
  reply.header('www-authenticate', 'Bearer error="invalid_token"');
  return code === 'FAST_JWT_EXPIRED'
    ? new ProblemError('unauthenticated', 'The access token has expired. Get a new one from POST /api/auth/refresh/.')
    : new ProblemError('unauthenticated', 'The access token is not valid. Log in to get a new one.');
}
