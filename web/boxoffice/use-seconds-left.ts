import { useEffect, useState } from 'react';
import { boxoffice } from '../lib/session.ts';

/** The seconds until a moment by the server's clock, counted down; below zero once it has passed. */
export function useSecondsLeft(moment: string): number {
  const endsAt = Date.parse(moment);
  const [seconds, setSeconds] = useState(() => secondsUntil(endsAt));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      setSeconds(secondsUntil(endsAt));
      const restMs = (endsAt - boxoffice.now()) % 1_000;
      timer = setTimeout(tick, restMs > 0 ? restMs : 1_000 + restMs);
    };
    tick();
    return () => clearTimeout(timer);
  }, [endsAt]);
  return seconds;
}

const secondsUntil = (endsAt: number) => Math.ceil((endsAt - boxoffice.now()) / 1_000);
