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

/** Forgets the selection of a page that is about to be left: its own state would no longer be stored. */
export function forgetSelection(showId: number): void {
  sessionStorage.removeItem(keyOf(showId));
}
