import type { JobView } from '@boxoffice/shared/contracts/booking';
import type { ResponseCache } from '../catalog/index.ts';

export interface SeatMapCache {
  responses: Pick<ResponseCache, 'invalidateShow'>;
}

/**
 * Drops the cached seat map of a show that a job changed. Call it before a client learns from PostgreSQL that
 * its job succeeded: that can be before the worker's message about the changed seats has arrived, and the
 * client must find its own change in the next seat map.
 */
export function showOwnWrite({ responses }: SeatMapCache, job: JobView | null): void {
  if (job?.booking) responses.invalidateShow(job.booking.show_id);
}
