import type { User } from '@boxoffice/shared/database/entities/identity';
import { laneOf } from '../http/client-address.ts';
import { isPassword, type PasswordHasher } from './passwords.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Users } from './users.ts';

export interface PasswordCheckDependencies {
  users: Pick<Users, 'findForLogin'>;
  passwords: Pick<PasswordHasher, 'inTurn'>;
  limits: Pick<RateLimits, 'admitPassword'>;
}

/**
 * Finds the user with this name and password. The result and the time it takes are the same for an unknown
 * name, a wrong password and a deactivated user.
 *
 * @param username at most a few hundred characters: normalizing takes time quadratic in its length
 * @param ip the address that the attempt came from
 * @returns null when there is no such user
 * @throws {ProblemError} too_many_requests when there have been too many attempts, or too many passwords are
 *   waiting to be checked
 */
export async function checkPassword(
  dependencies: PasswordCheckDependencies,
  username: string,
  password: string,
  ip: string,
): Promise<User | null> {
  const { user, account } = await dependencies.users.findForLogin(username.normalize('NFKC')); // as at sign-up
  return tryPassword(dependencies, account, ip, async () => {
    const matches = await isPassword(password, user?.passwordHash ?? null);
    return matches && user?.isActive ? user : null;
  });
}

/**
 * Runs a check of a password, within the limits for its account and address.
 *
 * @param check hashes, and returns null when the password is wrong
 * @throws {ProblemError} too_many_requests
 */
export async function tryPassword<Result>(
  { passwords, limits }: Pick<PasswordCheckDependencies, 'passwords' | 'limits'>,
  account: string,
  ip: string,
  check: () => Promise<Result | null>,
): Promise<Result | null> {
  const attempt = await limits.admitPassword(account, ip);
  let result: Result | null;
  try {
    result = await passwords.inTurn(laneOf(ip), check);
  } catch (error) {
    attempt.abandoned();
    throw error;
  }
  if (result === null) await attempt.failed();
  else attempt.succeeded();
  return result;
}
