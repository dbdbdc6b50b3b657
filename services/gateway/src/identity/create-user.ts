import type { Author } from '@boxoffice/shared/contracts/audit';
import type { AdminUserCreateBody } from '@boxoffice/shared/contracts/identity';
import type { User } from '@boxoffice/shared/database/entities/identity';
import { addAuditLine } from '../admin/audit-lines.ts';
import type { Parts } from '../parts.ts';
import { hashPassword } from './passwords.ts';
import { adminUserView } from './user-view.ts';
import { insertUser } from './users.ts';

/**
 * Creates an account.
 *
 * @param author the administrator who does; null: the user themself
 * @throws {ProblemError} username_taken, email_taken; too_many_requests when too many passwords wait to be hashed
 */
export async function createUser(
  { orm }: Pick<Parts, 'orm'>,
  wanted: AdminUserCreateBody,
  author: Author | null,
): Promise<User> {
  const { username, email, role, is_active: isActive } = wanted;
  const passwordHash = await hashPassword(wanted.password);
  return orm.em.fork().transactional(async (em) => {
    const user = await insertUser(em, { username, email, passwordHash, role, isActive });
    if (author) await addAuditLine(em, author, { id: user.id, after: adminUserView(user) });
    return user;
  });
}
