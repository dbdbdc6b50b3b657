import type { SignupBody } from '@boxoffice/shared/contracts/identity';
import type { User } from '@boxoffice/shared/database/entities/identity';
import type { Parts } from '../parts.ts';
import { createUser } from './create-user.ts';
import { rateLimits } from './rate-limits.ts';

/**
 * Creates an account for whoever asks from the address `ip`. Every try counts, so that nobody can ask
 * through a list of names which of them are taken.
 *
 * @throws {ProblemError} username_taken, email_taken, too_many_requests
 */
export async function signUp(
  parts: Pick<Parts, 'orm' | 'redis' | 'config'>,
  wanted: SignupBody,
  ip: string,
): Promise<User> {
  await rateLimits(parts).countSignUp(ip);
  return createUser(parts, { ...wanted, role: 'user', is_active: true }, null);
}
