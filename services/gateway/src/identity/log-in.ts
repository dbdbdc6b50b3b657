import { randomUUID } from 'node:crypto';
import type { LoginBody } from '@boxoffice/shared/contracts/identity';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { User } from '@boxoffice/shared/database/entities/identity';
import type { Parts } from '../parts.ts';
import { checkPassword } from './check-password.ts';
import { issueRefreshToken } from './refresh-tokens.ts';
import { lockUser } from './users.ts';

/** A user who is logged in, and the refresh token that keeps them so. */
export interface Session {
  user: User;
  refresh: string;
}

/**
 * Logs a user in, from the address `ip`: begins a family of refresh tokens.
 *
 * @throws {ProblemError} invalid_credentials, too_many_requests
 */
export async function logIn(
  parts: Pick<Parts, 'orm' | 'users' | 'redis' | 'config'>,
  { username, password }: LoginBody,
  ip: string,
): Promise<Session> {
  const known = await checkPassword(parts, username, password, ip);
  const session =
    known &&
    (await parts.orm.em.fork().transactional(async (em) => {
      const user = await lockUser(em, known.id);
      // Deactivated or given another password since it was checked: that counts.
      if (!user?.isActive || user.passwordHash !== known.passwordHash) return null;
      return { user, refresh: await issueRefreshToken(em, user.id, randomUUID()) };
    }));
  if (!session)
    throw new ProblemError('invalid_credentials', 'There is no active account with this user name and password.');
  return session;
}
