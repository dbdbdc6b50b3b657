import type { User } from '@boxoffice/shared/database/entities/identity';
import { isPassword, type PasswordHasher } from './passwords.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Users } from './users.ts';

export interface PasswordCheckDependencies {
  users: Pick<Users, 'findByName'>;
  passwords: Pick<PasswordHasher, 'inTurn'>;
  limits: Pick<RateLimits, 'refuseAfterFailures' | 'countFailure'>;
}

/**
 * Finds the user with this name and password. The result and the time it takes are the same for an unknown
 * name, a wrong password and a deactivated user.
 *
 * @param ip the address that the attempt came from
 * @returns null when there is no such user
 * @throws {ProblemError} too_many_requests when this name or address has failed too often, or too many
 *   passwords are waiting to be checked
 */
export async function checkPassword(
  { users, passwords, limits }: PasswordCheckDependencies,
  username: string,
  password: string,
  ip: string,
): Promise<User | null> {
  const name = username.normalize('NFKC'); // as at sign-up
  const user = await users.findByName(name);
  // Checking the limit and counting share a slot, so a thousand concurrent attempts get as many guesses as
  // sequential ones (and one more per concurrent hash).
  return passwords.inTurn(async () => {
    await limits.refuseAfterFailures(name, ip);
    const matches = await isPassword(password, user?.passwordHash ?? null);
    if (matches && user?.isActive) return user;
    await limits.countFailure(name, ip);
    return null;
  });
}
