import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Parts } from '../parts.ts';
import { deleteUser as deleteRow, hasBookings, lockUser } from '../repositories/users.ts';

/**
 * Deletes a user who never booked, as the administrator `adminId`. A booking is for ever and needs its
 * user, so who has one can only be deactivated. (A request that waits in a queue meanwhile is not
 * seen: its booking would keep the number of a user who is gone.)
 *
 * @throws {ProblemError} user_not_found, has_bookings; validation_failed when it is the administrator
 */
export async function deleteUser({ orm }: Pick<Parts, 'orm'>, adminId: number, id: number): Promise<void> {
  if (id === adminId) {
    throw new ProblemError('validation_failed', 'You cannot delete yourself: ask another administrator.');
  }
  await orm.em.fork().transactional(async (em) => {
    const user = await lockUser(em, id);
    if (!user) throw new ProblemError('user_not_found');
    if (await hasBookings(em, id)) {
      throw new ProblemError('has_bookings', 'This user has bookings, which are kept: deactivate the user instead.');
    }
    await deleteRow(em, user);
  });
}
