import type { MyBooking } from '@boxoffice/client';
import { useQuery } from '../lib/query.ts';
import { boxoffice, useUsername } from '../lib/session.ts';
import { isLiveHold } from './hold-state.ts';

const refreshMs = 15_000;

/** The user's holds on a show that have not ended; undefined until they are known. */
export function useOwnHolds(showId: number): MyBooking[] | undefined {
  const username = useUsername();
  const { data, problem } = useQuery(`holds of ${username}`, (signal) => getHolds(username, signal), { refreshMs });
  if (problem) return [];
  return data?.filter((hold) => hold.show_id === showId && isLiveHold(hold));
}

async function getHolds(username: string | null, signal: AbortSignal): Promise<MyBooking[]> {
  if (username === null) return [];
  const query = { status: 'held', page_size: 100 } as const;
  return (await boxoffice.get('/api/my-bookings/', { params: { query }, signal })).results;
}
