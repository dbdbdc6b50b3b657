import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Parts } from '../parts.ts';
import type { Session } from './log-in.ts';
import { findRefreshToken, issueRefreshToken, revokeFamily, spendRefreshToken } from './refresh-tokens.ts';
import { lockUser } from './users.ts';

/**
 * Replaces a refresh token by the next of its family. A token that comes a second time has been
 * stolen, from one side or the other, so its whole family ends (RFC 9700, section 4.14.2); that
 * goes for two uses at once as well.
 *
 * @throws {ProblemError} invalid_refresh_token when it is unknown, used, expired or revoked, or its user deactivated
 */
export async function refreshTokens({ orm }: Pick<Parts, 'orm'>, token: string): Promise<Session> {
  const session = await orm.em.fork().transactional(async (em): Promise<Session | null> => {
    const known = await findRefreshToken(em, token);
    if (!known) return null;
    const user = await lockUser(em, known.user.id);
    if (!user?.isActive) return null;
    if (await spendRefreshToken(em, token)) {
      return { user, refresh: await issueRefreshToken(em, user.id, known.family) };
    }
    // A return, not a throw: the revocation is to be committed.
    await revokeFamily(em, known.family);
    return null;
  });
  if (!session)
    throw new ProblemError(
      'invalid_refresh_token',
      'The refresh token is unknown, used, expired or revoked: log in again.',
    );
  return session;
}
