import { randomUUID } from 'node:crypto';
import type { LoginBody } from '@boxoffice/shared/contracts/identity';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { User } from '@boxoffice/shared/database/entities/identity';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { AccessRevocations } from './access-revocations.ts';
import { checkPassword, type PasswordCheckDependencies } from './check-password.ts';
import { issueRefreshToken, revokeExcessFamilies } from './refresh-tokens.ts';
import { addSessionRevocations } from './revocations.ts';
import { lockUser } from './users.ts';

/** A logged-in user with the refresh token that continues the login; the family of such tokens identifies it. */
export interface Session {
  user: User;
  family: string;
  refresh: string;
}

export interface LogInDependencies extends PasswordCheckDependencies {
  orm: MikroORM;
  accessRevocations: Pick<AccessRevocations, 'announce'>;
}

/**
 * Logs a user in: starts a family of refresh tokens. When the user has too many, those unused for longest end.
 *
 * @param ip the address that the attempt came from
 * @throws {ProblemError} invalid_credentials, too_many_requests
 */
export async function logIn(
  dependencies: LogInDependencies,
  { username, password }: LoginBody,
  ip: string,
): Promise<Session> {
  const checked = await checkPassword(dependencies, username, password, ip);
  const login =
    checked &&
    (await dependencies.orm.em.fork().transactional(async (em) => {
      const user = await lockUser(em, checked.id);
      // The user may have been deactivated, or got another password, since the check.
      if (!user?.isActive || user.passwordHash !== checked.passwordHash) return null;
      const family = randomUUID();
      const refresh = await issueRefreshToken(em, user.id, family);
      const ended = await addSessionRevocations(em, await revokeExcessFamilies(em, user.id));
      return { session: { user, family, refresh }, ended };
    }));
  if (!login)
    throw new ProblemError('invalid_credentials', 'There is no active account with this user name and password.');
  await dependencies.accessRevocations.announce(...login.ended);
  return login.session;
}
