import type { Author } from '@boxoffice/shared/contracts/audit';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { AccessRevocations } from './access-revocations.ts';
import { addAuditLine } from './audit-line.ts';
import { keepAnAdministrator, lockAdministrators } from './last-administrator.ts';
import { addRevocation } from './revocations.ts';
import { adminUserView } from './user-view.ts';
import { deleteUser as deleteRow, hasBookings, lockUser } from './users.ts';

export interface DeleteUserDependencies {
  orm: MikroORM;
  accessRevocations: Pick<AccessRevocations, 'announce'>;
}

/**
 * Deletes a user who has never booked, on behalf of an administrator, and revokes their tokens. Bookings
 * are kept forever and refer to their user, so a user with bookings can only be deactivated. (A request that
 * is still queued goes undetected: its booking would refer to a user who no longer exists.)
 *
 * @throws {ProblemError} user_not_found, has_bookings, last_administrator; validation_failed when administrators delete themselves
 */
export async function deleteUser(
  { orm, accessRevocations }: DeleteUserDependencies,
  author: Author,
  id: number,
): Promise<void> {
  if (id === author.actorId) {
    throw new ProblemError('validation_failed', 'You cannot delete yourself. Ask another administrator.');
  }
  const revocation = await orm.em.fork().transactional(async (em) => {
    await lockAdministrators(em);
    const user = await lockUser(em, id);
    if (!user) throw new ProblemError('user_not_found');
    if (await hasBookings(em, id)) {
      throw new ProblemError('has_bookings', 'This user has bookings, which are kept: deactivate the user instead.');
    }
    const revocation = { userId: id, generation: user.tokenGeneration + 1 };
    await addRevocation(em, revocation);
    await addAuditLine(em, author, { id, before: adminUserView(user) });
    await deleteRow(em, user);
    await keepAnAdministrator(em, adminUserView(user), null);
    return revocation;
  });
  await accessRevocations.announce(revocation);
}
