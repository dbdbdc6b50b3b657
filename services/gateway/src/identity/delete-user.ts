import type { Author } from '@boxoffice/shared/contracts/audit';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { addAuditLine } from '../admin/audit-lines.ts';
import type { Parts } from '../parts.ts';
import { addRevocation } from './revocations.ts';
import { adminUserView } from './user-view.ts';
import { deleteUser as deleteRow, hasBookings, lockUser } from './users.ts';

/**
 * Deletes a user who never booked, as an administrator; their tokens end. A booking is for ever and
 * needs its user, so who has one can only be deactivated. (A request that waits in a queue meanwhile is
 * not seen: its booking would keep the number of a user who is gone.)
 *
 * @throws {ProblemError} user_not_found, has_bookings; validation_failed when it is the administrator
 */
export async function deleteUser(
  { orm, accessRevocations }: Pick<Parts, 'orm' | 'accessRevocations'>,
  author: Author,
  id: number,
): Promise<void> {
  if (id === author.actorId) {
    throw new ProblemError('validation_failed', 'You cannot delete yourself: ask another administrator.');
  }
  const revocation = await orm.em.fork().transactional(async (em) => {
    const user = await lockUser(em, id);
    if (!user) throw new ProblemError('user_not_found');
    if (await hasBookings(em, id)) {
      throw new ProblemError('has_bookings', 'This user has bookings, which are kept: deactivate the user instead.');
    }
    const revocation = { userId: id, generation: user.tokenGeneration + 1 };
    await addRevocation(em, revocation);
    await addAuditLine(em, author, { id, before: adminUserView(user) });
    await deleteRow(em, user);
    return revocation;
  });
  await accessRevocations.announce(revocation);
}
