import type { AdminUserChangeBody } from '@boxoffice/shared/contracts/identity';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { User } from '@boxoffice/shared/db/identity';
import type { Parts } from '../parts.ts';
import { hashPassword } from '../passwords.ts';
import { revokeTokensOf } from '../repositories/refresh-tokens.ts';
import { lockUser, type NewUser, updateUser } from '../repositories/users.ts';

/**
 * Changes what is given of a user, as the administrator `adminId`. Whoever is deactivated or gets
 * another password has to log in again; access tokens that are out live on for their 15 minutes.
 *
 * @throws {ProblemError} user_not_found, username_taken, email_taken; validation_failed when
 *   administrators would lock themselves out
 */
export async function changeUser(
  { orm }: Pick<Parts, 'orm'>,
  adminId: number,
  id: number,
  wanted: AdminUserChangeBody,
): Promise<User> {
  if (id === adminId) refuseLockingOneselfOut(wanted);
  const changes = await changesOf(wanted);
  return orm.em.fork().transactional(async (em) => {
    const user = await lockUser(em, id);
    if (!user) throw new ProblemError('user_not_found');
    await updateUser(em, user, changes);
    if (!user.isActive || changes.passwordHash) await revokeTokensOf(em, id);
    return user;
  });
}

async function changesOf({ password, is_active, ...same }: AdminUserChangeBody): Promise<Partial<NewUser>> {
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
