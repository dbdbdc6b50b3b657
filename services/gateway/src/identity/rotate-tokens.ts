import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { Session } from './log-in.ts';
import { findRefreshToken, issueRefreshToken, revokeFamily, spendRefreshToken } from './refresh-tokens.ts';
import { lockUser } from './users.ts';

/**
 * Exchanges a refresh token for the next of its family. A token that is used twice, even concurrently, has
 * been stolen, and either use may be the thief's. So its whole family is revoked (RFC 9700, section 4.14.2).
 *
 * @throws {ProblemError} invalid_refresh_token when the token is unknown, used, expired or revoked, or its
 *   user deactivated
 */
export async function rotateTokens({ orm }: { orm: MikroORM }, token: string): Promise<Session> {
  const session = await orm.em.fork().transactional(async (em): Promise<Session | null> => {
    const known = await findRefreshToken(em, token);
    if (!known) return null;
    const user = await lockUser(em, known.user.id);
    if (!user?.isActive) return null;
    if (await spendRefreshToken(em, token)) {
      return { user, refresh: await issueRefreshToken(em, user.id, known.family) };
    }
    // Return instead of throwing: the revocation must be committed.
    await revokeFamily(em, known.family);
    return null;
  });
  if (!session)
    throw new ProblemError(
      'invalid_refresh_token',
      'The refresh token is unknown, used, expired or revoked. Log in again.',
    );
  return session;
}
