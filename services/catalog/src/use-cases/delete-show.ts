import type { Author } from '@boxoffice/shared/contracts/audit';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { countBookings, lockBookings } from '../repositories/seat-claims.ts';
import { deleteShow as deleteRow, getShowForChange } from '../repositories/shows.ts';

/**
 * Deletes a show that has never been booked. Cancelled bookings count too: their owners still see them,
 * with the show, among their bookings.
 *
 * @throws {ProblemError} show_not_found, has_bookings
 */
export async function deleteShow(em: EntityManager, id: number, author: Author): Promise<void> {
  await em.transactional(async (em) => {
    await lockBookings(em, id);
    const show = await getShowForChange(em, id);
    const bookings = await countBookings(em, id);
    if (bookings > 0) {
      throw new ProblemError(
        'has_bookings',
        `Show ${id} has ${bookings === 1 ? '1 booking' : `${bookings} bookings`}, cancelled ones included.`,
      );
    }
    await deleteRow(em, show, author);
  });
}
