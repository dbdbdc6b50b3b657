import type { Author } from '@boxoffice/shared/contracts/audit';
import type { AdminUserCreateBody } from '@boxoffice/shared/contracts/identity';
import type { User } from '@boxoffice/shared/database/entities/identity';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import { addAuditLine } from './audit-line.ts';
import { refuseCommonPassword } from './common-passwords.ts';
import { administratorsLane, type PasswordHasher } from './passwords.ts';
import { adminUserView } from './user-view.ts';
import { insertUser } from './users.ts';

export interface CreateUserDependencies {
  orm: MikroORM;
  passwords: Pick<PasswordHasher, 'hash'>;
}

/**
 * Creates an account.
 *
 * @param author the administrator who creates it; null when users sign up themselves
 * @param lane whose turn hashing the password takes (`PasswordHasher`); administrators share one
 * @throws {ProblemError} username_taken, email_taken; validation_failed when the password is too common;
 *   too_many_requests when too many passwords are waiting to be hashed
 */
export async function createUser(
  { orm, passwords }: CreateUserDependencies,
  wanted: AdminUserCreateBody,
  author: Author | null,
  lane = administratorsLane,
): Promise<User> {
  const { username, email, role, is_active: isActive } = wanted;
  await refuseCommonPassword(wanted.password, 'password');
  const passwordHash = await passwords.hash(wanted.password, lane);
  return orm.em.fork().transactional(async (em) => {
    const user = await insertUser(em, { username, email, passwordHash, role, isActive });
    if (author) await addAuditLine(em, author, { id: user.id, after: adminUserView(user) });
    return user;
  });
}
