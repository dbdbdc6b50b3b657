import type { SeatMap } from '@boxoffice/client';
import { useEffect, useState } from 'react';

type Seat = SeatMap['seats'][number];

/** The seats of a show as they are at this moment. */
export interface LiveSeats {
  map: SeatMap | undefined;
  /** Whether what changes comes in as it happens; if not, the map may be old. */
  isLive: boolean;
}

/** An EventSource comes again by itself after a broken connection, but not after a refusal. */
const comeAgainMs = 2_000;

/**
 * Follows the seats of a show, while the page is looked at.
 *
 * @param onChange is told of the seats whose status has changed; it must stay the same function
 */
export function useLiveSeats(showId: number, onChange: (seats: Seat[]) => void): LiveSeats {
  const [live, setLive] = useState<LiveSeats>({ map: undefined, isLive: false });

  useEffect(() => {
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const pause = () => setLive(({ map }) => ({ map, isLive: false }));

    const open = () => {
      close();
      source = new EventSource(`/api/shows/${showId}/seats/events/`);
      source.addEventListener('snapshot', ({ data }) => {
        const map = JSON.parse(data) as SeatMap;
        setLive({ map, isLive: true });
        onChange(map.seats);
      });
      source.addEventListener('change', ({ data }) => {
        const { seats, available_seats } = JSON.parse(data) as Pick<SeatMap, 'seats' | 'available_seats'>;
        setLive(({ map }) => ({
          map: map && { ...map, available_seats, seats: changed(map.seats, seats) },
          isLive: true,
        }));
        onChange(seats);
      });
      source.addEventListener('unavailable', pause);
      source.addEventListener('open', () => setLive(({ map }) => ({ map, isLive: map !== undefined })));
      source.addEventListener('error', () => {
        pause();
        if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, comeAgainMs);
      });
    };
    const close = () => {
      clearTimeout(timer);
      source?.close();
      source = undefined;
    };
    // A tab that nobody looks at needs no connection, and browsers have few for one server.
    const onVisibility = () => (document.visibilityState === 'visible' ? open() : close());

    onVisibility();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      close();
    };
  }, [showId, onChange]);

  return live;
}

/** Seats that are as they were stay the same objects, so that only the others are drawn anew. */
function changed(seats: Seat[], changes: Seat[]): Seat[] {
  const byLabel = new Map(changes.map((seat) => [seat.seat_number, seat]));
  return seats.map((seat) => byLabel.get(seat.seat_number) ?? seat);
}
