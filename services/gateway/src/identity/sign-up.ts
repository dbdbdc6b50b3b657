import type { SignupBody } from '@boxoffice/shared/contracts/identity';
import type { User } from '@boxoffice/shared/database/entities/identity';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import { laneOf } from '../http/client-address.ts';
import { createUser } from './create-user.ts';
import type { PasswordHasher } from './passwords.ts';
import type { RateLimits } from './rate-limits.ts';

export interface SignUpDependencies {
  orm: MikroORM;
  passwords: Pick<PasswordHasher, 'hash'>;
  limits: Pick<RateLimits, 'countSignUp'>;
}

/**
 * Creates an account for a visitor. Every attempt counts towards the limit, so nobody can probe a list of
 * names for those that are taken.
 *
 * @param ip the address that the attempt came from
 * @throws {ProblemError} username_taken, email_taken, too_many_requests; validation_failed when the password is too common
 */
export async function signUp(dependencies: SignUpDependencies, wanted: SignupBody, ip: string): Promise<User> {
  await dependencies.limits.countSignUp(ip);
  return createUser(dependencies, { ...wanted, role: 'user', is_active: true }, null, laneOf(ip));
}
