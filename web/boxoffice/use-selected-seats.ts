import { useEffect, useState } from 'react';

const keyOf = (showId: number) => `boxoffice.selection.${showId}`;

/** The seats selected for a show; they survive a reload, and leaving the page and coming back. */
export function useSelectedSeats(showId: number) {
  const storageKey = keyOf(showId);
  const [seats, setSeats] = useState<string[]>(() => JSON.parse(sessionStorage.getItem(storageKey) ?? '[]'));
  useEffect(() => {
    if (seats.length) sessionStorage.setItem(storageKey, JSON.stringify(seats));
    else sessionStorage.removeItem(storageKey);
  }, [storageKey, seats]);
  return [seats, setSeats] as const;
}

/** For use just before leaving the page: a change of its state would no longer be stored. */
export function forgetSelection(showId: number): void {
  sessionStorage.removeItem(keyOf(showId));
}
