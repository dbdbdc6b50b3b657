import type { Author } from '@boxoffice/shared/contracts/audit';
import type { AdminUserChangeBody } from '@boxoffice/shared/contracts/identity';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { changedFields } from '@boxoffice/shared/database/audit';
import type { User } from '@boxoffice/shared/database/entities/identity';
import { addAuditLine } from '../admin/audit-lines.ts';
import type { Parts } from '../parts.ts';
import { hashPassword } from './passwords.ts';
import { revokeTokensOf } from './refresh-tokens.ts';
import { addRevocation } from './revocations.ts';
import { adminUserView } from './user-view.ts';
import { lockUser, type UserChanges, updateUser } from './users.ts';

/**
 * Changes what is given of a user, as an administrator. Whoever is deactivated or gets another password
 * has to log in again: their tokens end. With another role only the access tokens end: the next has it.
 *
 * @throws {ProblemError} user_not_found, username_taken, email_taken; validation_failed when
 *   administrators would lock themselves out
 */
export async function changeUser(
  { orm, accessRevocations }: Pick<Parts, 'orm' | 'accessRevocations'>,
  author: Author,
  id: number,
  wanted: AdminUserChangeBody,
): Promise<User> {
  if (id === author.actorId) refuseLockingOneselfOut(wanted);
  const changes = await changesOf(wanted);
  const { user, revocation } = await orm.em.fork().transactional(async (em) => {
    const user = await lockUser(em, id);
    if (!user) throw new ProblemError('user_not_found');
    const before = adminUserView(user);
    const endsLogins = (user.isActive && changes.isActive === false) || changes.passwordHash !== undefined;
    const endsTokens = endsLogins || (changes.role !== undefined && changes.role !== user.role);
    const tokenGeneration = user.tokenGeneration + (endsTokens ? 1 : 0);
    await updateUser(em, user, { ...changes, tokenGeneration });
    const revocation = endsTokens ? { userId: id, generation: tokenGeneration } : null;
    if (revocation) await addRevocation(em, revocation);
    if (endsLogins) await revokeTokensOf(em, id);
    const changed = changedFields(
      { ...before, password: 'hidden' },
      { ...adminUserView(user), password: changes.passwordHash ? 'hidden, another' : 'hidden' },
    );
    if (changed) await addAuditLine(em, author, { id, ...changed });
    return { user, revocation };
  });
  if (revocation) await accessRevocations.announce(revocation);
  return user;
}

async function changesOf({ password, is_active, ...same }: AdminUserChangeBody): Promise<UserChanges> {
  const changes = {
    ...same,
    isActive: is_active,
    passwordHash: password === undefined ? undefined : await hashPassword(password),
  };
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function refuseLockingOneselfOut({ role, is_active }: AdminUserChangeBody): void {
  const errors = {
    ...(role === 'user' && { role: ['You cannot take the administrator role from yourself'] }),
    ...(is_active === false && { is_active: ['You cannot deactivate yourself'] }),
  };
  const sentences = Object.values(errors).flat();
  if (sentences.length > 0) {
    throw new ProblemError('validation_failed', `${sentences.join('. ')}: ask another administrator.`, { errors });
  }
}
