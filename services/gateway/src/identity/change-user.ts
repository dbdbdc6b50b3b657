import type { Author } from '@boxoffice/shared/contracts/audit';
import type { AdminUserChangeBody } from '@boxoffice/shared/contracts/identity';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { changedFields } from '@boxoffice/shared/database/audit';
import type { User } from '@boxoffice/shared/database/entities/identity';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { AccessRevocations } from './access-revocations.ts';
import { addAuditLine } from './audit-line.ts';
import { refuseCommonPassword } from './common-passwords.ts';
import { keepAnAdministrator, lockAdministrators } from './last-administrator.ts';
import { administratorsLane, type PasswordHasher } from './passwords.ts';
import { revokeTokensOf } from './refresh-tokens.ts';
import { addRevocation } from './revocations.ts';
import { adminUserView } from './user-view.ts';
import { lockUser, type UserChanges, updateUser } from './users.ts';

export interface ChangeUserDependencies {
  orm: MikroORM;
  passwords: Pick<PasswordHasher, 'hash'>;
  accessRevocations: Pick<AccessRevocations, 'announce'>;
}

/**
 * Changes the given fields of a user, on behalf of an administrator. Deactivation or a new password revokes
 * all tokens of the user; they have to log in again. A new role revokes only the access tokens: the next one
 * carries the new role.
 *
 * @throws {ProblemError} user_not_found, username_taken, email_taken, last_administrator; validation_failed when
 *   administrators would lock themselves out, or the password is too common
 */
export async function changeUser(
  { orm, passwords, accessRevocations }: ChangeUserDependencies,
  author: Author,
  id: number,
  wanted: AdminUserChangeBody,
): Promise<User> {
  if (id === author.actorId) refuseLockingOneselfOut(wanted);
  const changes = await changesOf(wanted, passwords);
  const { user, revocation } = await orm.em.fork().transactional(async (em) => {
    if (changes.role === 'user' || changes.isActive === false) await lockAdministrators(em);
    const user = await lockUser(em, id);
    if (!user) throw new ProblemError('user_not_found');
    const before = adminUserView(user);
    const endsLogins = (user.isActive && changes.isActive === false) || changes.passwordHash !== undefined;
    const endsTokens = endsLogins || (changes.role !== undefined && changes.role !== user.role);
    const tokenGeneration = user.tokenGeneration + (endsTokens ? 1 : 0);
    await updateUser(em, user, { ...changes, tokenGeneration });
    await keepAnAdministrator(em, before, adminUserView(user));
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
  await accessRevocations.announce(...(revocation ? [revocation] : []));
  return user;
}

async function changesOf(
  { password, is_active, ...same }: AdminUserChangeBody,
  passwords: Pick<PasswordHasher, 'hash'>,
): Promise<UserChanges> {
  if (password !== undefined) await refuseCommonPassword(password, 'password');
  const changes = {
    ...same,
    isActive: is_active,
    passwordHash: password === undefined ? undefined : await passwords.hash(password, administratorsLane),
  };
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function refuseLockingOneselfOut({ role, is_active }: AdminUserChangeBody): void {
  const errors = {
    ...(role === 'user' && { role: ['You cannot remove your own administrator role'] }),
    ...(is_active === false && { is_active: ['You cannot deactivate yourself'] }),
  };
  const sentences = Object.values(errors).flat();
  if (sentences.length > 0) {
    throw new ProblemError('validation_failed', `${sentences.join('. ')}. Ask another administrator.`, { errors });
  }
}
