import { useEffect, useState } from 'react';

/** The seats selected for a show; they survive a reload, and leaving the page and coming back. */
export function useSelectedSeats(showId: number) {
  const storageKey = `boxoffice.selection.${showId}`;
  const [seats, setSeats] = useState<string[]>(() => JSON.parse(sessionStorage.getItem(storageKey) ?? '[]'));
  useEffect(() => {
    if (seats.length) sessionStorage.setItem(storageKey, JSON.stringify(seats));
    else sessionStorage.removeItem(storageKey);
  }, [storageKey, seats]);
  return [seats, setSeats] as const;
}
