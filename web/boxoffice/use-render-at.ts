import { useEffect, useReducer } from 'react';
import { boxoffice } from '../lib/session.ts';

/** The longest wait, in milliseconds: the next response may show that the local clock is wrong. */
const longestWaitMs = 10_000;

/** Renders again at each of these times, in milliseconds since 1970 by the server's clock. NaN means never. */
export function useRenderAt(...times: number[]): void {
  const [round, render] = useReducer((count: number) => count + 1, 0);
  const next = Math.min(...times.filter((time) => time >= boxoffice.now()));
  // biome-ignore lint/correctness/useExhaustiveDependencies: each round waits again
  useEffect(() => {
    if (next === Number.POSITIVE_INFINITY) return;
    const timer = setTimeout(render, Math.min(next - boxoffice.now() + 1, longestWaitMs));
    return () => clearTimeout(timer);
  }, [next, round]);
}
