import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { AccessRevocations } from './access-revocations.ts';
import type { Session } from './log-in.ts';
import { findRefreshToken, issueRefreshToken, revokeFamily, spendRefreshToken } from './refresh-tokens.ts';
import { addSessionRevocations, type Revocation } from './revocations.ts';
import { lockUser } from './users.ts';

export interface RotateTokensDependencies {
  orm: MikroORM;
  accessRevocations: Pick<AccessRevocations, 'announce'>;
}

/**
 * Exchanges a refresh token for the next of its family. A token that is used twice, even concurrently, has
 * been stolen, and either use may be the thief's. So its whole family is revoked (RFC 9700, section 4.14.2),
 * with its access tokens.
 *
 * @throws {ProblemError} invalid_refresh_token when the token is unknown, used, expired or revoked, or its
 *   user deactivated
 */
export async function rotateTokens(
  { orm, accessRevocations }: RotateTokensDependencies,
  token: string,
): Promise<Session> {
  const { session, ended = [] } = await orm.em
    .fork()
    .transactional(async (em): Promise<{ session?: Session; ended?: Revocation[] }> => {
      const known = await findRefreshToken(em, token);
      const user = known && (await lockUser(em, known.user.id));
      if (!known || !user?.isActive) return {};
      const { family } = known;
      if (await spendRefreshToken(em, token)) {
        return { session: { user, family, refresh: await issueRefreshToken(em, user.id, family) } };
      }
      // Return instead of throwing: the revocation must be committed.
      await revokeFamily(em, family);
      return { ended: await addSessionRevocations(em, [family]) };
    });
  await accessRevocations.announce(...ended);
  if (!session)
    throw new ProblemError(
      'invalid_refresh_token',
      'The refresh token is unknown, used, expired or revoked. Log in again.',
    );
  return session;
}
