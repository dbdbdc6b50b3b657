import type { AdminUserCreateBody } from '@boxoffice/shared/contracts/identity';
import type { User } from '@boxoffice/shared/db/identity';
import type { Parts } from '../parts.ts';
import { hashPassword } from '../passwords.ts';

/**
 * Creates an account.
 *
 * @throws {ProblemError} username_taken, email_taken; too_many_requests when too many passwords wait to be hashed
 */
export async function createUser({ users }: Pick<Parts, 'users'>, wanted: AdminUserCreateBody): Promise<User> {
  const { username, email, role, is_active: isActive } = wanted;
  const passwordHash = await hashPassword(wanted.password);
  return users.insert({ username, email, passwordHash, role, isActive });
}
