import type { Author } from '@boxoffice/shared/contracts/audit';
import type { ShowView } from '@boxoffice/shared/contracts/catalog';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { lockBookings } from '../repositories/seat-claims.ts';
import { getShowForChange, cancelShow as writeCancellation } from '../repositories/shows.ts';

/**
 * Cancels a show: once that is committed, none of its seats are sold, and its screen is free. The booking-worker cancels its
 * bookings. Idempotent: a cancelled show keeps its first reason.
 *
 * @throws {ProblemError} show_not_found; has_bookings if they are archived
 */
export function cancelShow(em: EntityManager, id: number, reason: string, author: Author): Promise<ShowView> {
  return em.transactional(async (em) => {
    // Waits for seats that are being sold, so that none is sold after the response.
    await lockBookings(em, id);
    return writeCancellation(em, await getShowForChange(em, id), reason, author);
  });
}
