import type { User } from '@boxoffice/shared/database/entities/identity';
import type { Parts } from '../parts.ts';
import { inHashingTurn, isPassword } from './passwords.ts';
import { rateLimits } from './rate-limits.ts';

/**
 * Finds the user who has this name and password. An unknown name, a wrong password and a deactivated
 * user are answered alike and take equally long.
 *
 * @returns null when there is none
 * @throws {ProblemError} too_many_requests when this name, or the address `ip`, has failed too often,
 *   or too many passwords wait to be checked
 */
export async function checkPassword(
  parts: Pick<Parts, 'users' | 'redis' | 'config'>,
  username: string,
  password: string,
  ip: string,
): Promise<User | null> {
  const name = username.normalize('NFKC'); // as signing up does
  const user = await parts.users.findByName(name);
  const limits = rateLimits(parts);
  // Asking and counting in one turn: a thousand tries at once get as many guesses as one after another
  // (and one for each other hash under way).
  return inHashingTurn(async () => {
    await limits.refuseAfterFailures(name, ip);
    const right = await isPassword(password, user?.passwordHash ?? null);
    if (right && user?.isActive) return user;
    await limits.countFailure(name, ip);
    return null;
  });
}
