import type { Author } from '@boxoffice/shared/contracts/audit';
import type { AdminUserCreateBody } from '@boxoffice/shared/contracts/identity';
import type { User } from '@boxoffice/shared/database/entities/identity';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import { addAuditLine } from './audit-line.ts';
import type { PasswordHasher } from './passwords.ts';
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
 * @throws {ProblemError} username_taken, email_taken; too_many_requests when too many passwords are waiting
 *   to be hashed
 */
export async function createUser(
  { orm, passwords }: CreateUserDependencies,
  wanted: AdminUserCreateBody,
  author: Author | null,
): Promise<User> {
  const { username, email, role, is_active: isActive } = wanted;
  const passwordHash = await passwords.hash(wanted.password);
  return orm.em.fork().transactional(async (em) => {
    const user = await insertUser(em, { username, email, passwordHash, role, isActive });
    if (author) await addAuditLine(em, author, { id: user.id, after: adminUserView(user) });
    return user;
  });
}
