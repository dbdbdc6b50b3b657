import type { Author } from '@boxoffice/shared/contracts/audit';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { countBookings, lockBookings } from '../repositories/seat-claims.ts';
import { deleteShow as deleteRow, getShowForChange } from '../repositories/shows.ts';

/**
 * Deletes a show that nobody has ever booked. A cancelled booking counts too: its owner still sees it
 * among their bookings, with the show it was for.
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
