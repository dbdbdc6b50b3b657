import type { Show } from '@boxoffice/client';
import { formatDay, formatShortDay, formatTime } from '../lib/format.ts';
import { boxoffice } from '../lib/session.ts';

/** Why the seats of a show are not on sale now, in short and as a sentence; null when they are. */
export function closedBecause(show: Show): { short: string; sentence: string } | null {
  const now = boxoffice.now();
  const { status, date_time, sales_open_at: opensAt, sales_close_at: closesAt } = show;
  if (status === 'cancelled')
    return { short: 'cancelled', sentence: 'This show has been cancelled. Its seats are no longer on sale.' };
  if (Date.parse(date_time) <= now)
    return { short: 'started', sentence: 'This show has started. Its seats are no longer on sale.' };
  if (opensAt && Date.parse(opensAt) > now)
    return {
      short: `sales open ${formatShortDay(opensAt)}, ${formatTime(opensAt)}`,
      sentence: `Sales open on ${formatDay(opensAt)} at ${formatTime(opensAt)}.`,
    };
  if (closesAt && Date.parse(closesAt) <= now)
    return { short: 'sales closed', sentence: 'Sales of this show have closed.' };
  return null;
}
