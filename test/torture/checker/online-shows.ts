import type { History, OutcomeRow, Show } from './history.ts';

export const onlineShows = (shows: readonly Show[]): ReadonlySet<number> =>
  new Set(shows.flatMap(({ id, isOnline }) => (isOnline ? [id] : [])));

/** Refusals that say something about the money, and nothing about the seats. */
const aboutMoney = new Set(['payment_mismatch', 'nothing_due']);

/**
 * A gateway asks the line to confirm a payment as often as it takes, and the line repeats its verdict. What the other
 * rules need to see is each verdict, once: as the request that booked the seats, or as a refusal.
 */
export function withVerdicts(history: History): History {
  const { bookings, outcomes, verdicts, shows } = history;
  const online = onlineShows(shows);
  const booked = new Set(bookings.map(({ confirmedBy }) => confirmedBy));
  const users = new Map(bookings.map(({ id, user }) => [id, user]));
  const refused = verdicts.flatMap(({ payment: id, show, booking, code, decided }): OutcomeRow[] => {
    if (code === null || aboutMoney.has(code)) return [];
    const user = users.get(booking) ?? 0;
    return [{ id, show, user, kind: 'confirm', status: 'rejected', code, booking, decided, taken: null, key: null }];
  });
  const told = outcomes.filter(({ id, kind, show }) => kind !== 'confirm' || !online.has(show) || booked.has(id));
  return { ...history, outcomes: [...told, ...refused] };
}
