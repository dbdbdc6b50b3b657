import type { Problem, SeatMap, Show } from '@boxoffice/client';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { formatCount } from '../lib/format.ts';
import { isAvailable } from './categories.ts';
import type { Wish } from './hold-attempt.ts';
import { takenMessage } from './refusals.ts';
import { useHold } from './use-hold.ts';
import { useOwnHolds } from './use-own-holds.ts';
import { useSelectedSeats } from './use-selected-seats.ts';

/** The most seats per request. */
const seatLimit = 10;

/** The seats that the user selects, and the hold that they ask for. */
export function useSeatChoice(show: Show, map: SeatMap | undefined, onOutdated: () => void) {
  const [selected, setSelected] = useSelectedSeats(show.id);
  const [message, setMessage] = useState<string>();
  const [refusal, setRefusal] = useState<Problem>();
  const ownHolds = useOwnHolds(show.id);
  const own = useMemo(() => new Set(ownHolds?.flatMap(({ seats }) => seats)), [ownHolds]);
  const limit = Math.min(seatLimit, show.max_seats_per_user ?? seatLimit);

  const dropTaken = useCallback(
    (taken: string[]) => {
      setSelected((seats) => seats.filter((seat) => !taken.includes(seat)));
      setMessage(takenMessage(taken));
    },
    [setSelected],
  );
  const onRefused = useCallback(
    (problem: Problem) => {
      if (problem.code === 'seat_taken') return dropTaken(problem.seats ?? []);
      setRefusal(problem);
      onOutdated();
    },
    [dropTaken, onOutdated],
  );
  const hold = useHold(show.id, { setMessage, onRefused });
  const isHolding = hold.attempt !== null;

  useEffect(() => {
    // While our request is being decided, it may be ourselves who take a seat.
    if (!map || !ownHolds || isHolding) return;
    const free = new Set(map.seats.filter(isAvailable).map(({ seat_number }) => seat_number));
    const taken = selected.filter((seat) => !free.has(seat) && !own.has(seat));
    if (taken.length) dropTaken(taken);
  }, [map, ownHolds, own, isHolding, selected, dropTaken]);

  return {
    ...{ selected, message, refusal, hold, limit, own, ownHolds: ownHolds ?? [] },
    total: map?.seats.reduce((sum, { seat_number, price }) => (selected.includes(seat_number) ? sum + price : sum), 0),
    toggle(seat: string) {
      setMessage(undefined);
      setRefusal(undefined);
      if (selected.includes(seat)) setSelected(selected.filter((other) => other !== seat));
      else if (selected.length < limit) setSelected([...selected, seat]);
      else setMessage(`You can choose up to ${formatCount(limit, 'seat')}.`);
    },
    start(wish: Wish) {
      setRefusal(undefined);
      hold.start({ ...wish, ...(own.size > 0 && { replace: true }) });
    },
  };
}

export type SeatChoice = ReturnType<typeof useSeatChoice>;
