import type { SeatMap, SeatsView } from '@boxoffice/client';
import { useEffect, useState } from 'react';
import { outageMessage } from '../lib/errors.ts';
import { boxoffice } from '../lib/session.ts';

export interface LiveSeats {
  map: SeatMap | undefined;
  /** Why the map may be out of date, as a message. */
  outage: string | undefined;
}

/**
 * Keeps the seat map of a show up to date. Only while the page is visible, because browsers allow few
 * connections to one server.
 */
export function useLiveSeats(showId: number): LiveSeats {
  const [view, setView] = useState<SeatsView>({ map: null, away: null });

  useEffect(() => {
    let controller = new AbortController();
    const follow = async ({ signal }: AbortController) => {
      for await (const next of boxoffice.watchSeats(showId, signal)) {
        if (!signal.aborted) setView(({ map }) => ({ map: next.map ?? map, away: next.away }));
      }
    };
    const followWhileVisible = () => {
      controller.abort();
      if (document.visibilityState !== 'visible') return;
      controller = new AbortController();
      // It fails only for a show that no longer exists, and the page says so itself.
      follow(controller).catch(() => {});
    };
    followWhileVisible();
    document.addEventListener('visibilitychange', followWhileVisible);
    return () => {
      document.removeEventListener('visibilitychange', followWhileVisible);
      controller.abort();
    };
  }, [showId]);

  return { map: view.map ?? undefined, outage: view.away ? outageMessage(view.away) : undefined };
}
