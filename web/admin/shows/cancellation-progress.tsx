import type { Show } from '@boxoffice/client';
import { useState } from 'react';
import { formatNumber } from '../../lib/format.ts';
import { Outage } from '../../lib/notices.tsx';
import { boxoffice } from '../../lib/session.ts';
import { useAdminQuery } from '../access.ts';

const refreshMs = 500;
const takenSeats = (show: Show) => show.total_seats - show.available_seats;

/** How many seats of a cancelled show are still held or booked. The booking-worker cancels bookings in batches. */
export function CancellationProgress({ show }: { show: Show }) {
  const [left, setLeft] = useState(takenSeats(show));
  const [most] = useState(left);
  const { outage, problem } = useAdminQuery(
    `cancellation of show ${show.id}`,
    async (signal) => {
      const now = await boxoffice.get('/api/admin/shows/{id}/', { params: { path: { id: show.id } }, signal });
      setLeft(takenSeats(now));
      return now;
    },
    left > 0 ? { refreshMs } : {},
  );
  return (
    <>
      <Outage message={outage ?? problem?.message} />
      {most > 0 && <progress aria-label="Seats released" max={most} value={most - left} />}
      {/* Screen readers announce the end only: the count changes twice per second. */}
      {left > 0 && <p>{`Cancelling the bookings: ${formatNumber(left)} of ${formatNumber(most)} seats left.`}</p>}
      <p role="status">{left === 0 && 'Done: no seats are held or booked any more.'}</p>
    </>
  );
}
