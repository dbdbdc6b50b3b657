import type { SeatMap, SeatsView } from '@boxoffice/client';
import { useEffect, useState } from 'react';
import { boxoffice } from './session.ts';
import { troubleOf } from './words.ts';

/** The seats of a show as they are at this moment. */
export interface LiveSeats {
  map: SeatMap | undefined;
  /** Why the map may be old, in words. */
  trouble: string | undefined;
}

/** Follows the seats of a show, while the page is looked at: browsers have few connections for one server. */
export function useLiveSeats(showId: number): LiveSeats {
  const [view, setView] = useState<SeatsView>({ map: null, away: null });

  useEffect(() => {
    let stopping = new AbortController();
    const follow = async ({ signal }: AbortController) => {
      for await (const next of boxoffice.watchSeats(showId, signal)) {
        if (!signal.aborted) setView(({ map }) => ({ map: next.map ?? map, away: next.away }));
      }
    };
    const look = () => {
      stopping.abort();
      if (document.visibilityState !== 'visible') return;
      stopping = new AbortController();
      // It ends only for a show that is gone, which the page around it says.
      follow(stopping).catch(() => {});
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      stopping.abort();
    };
  }, [showId]);

  return { map: view.map ?? undefined, trouble: view.away ? troubleOf(view.away) : undefined };
}
