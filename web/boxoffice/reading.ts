import { ProblemError, patiently } from '@boxoffice/client';
import { useEffect, useState } from 'react';
import { troubleOf } from './words.ts';

/** What is known so far of something that is read from the server. */
export interface Reading<Value> {
  value: Value | undefined;
  /** Why there is nothing newer yet, in words; it is being tried again. */
  trouble: string | undefined;
  /** Why there will be nothing: it is not there, or not for this visitor. */
  problem: ProblemError | undefined;
}

/**
 * Reads something, again and again while the server says "not now", and again after `everyMs` while the
 * page is looked at.
 *
 * @param key names what is read: another key, another reading
 * @param read is taken as it was when the key last changed
 */
export function useReading<Value>(
  key: string,
  read: (signal: AbortSignal) => Promise<Value>,
  everyMs?: number,
): Reading<Value> & { again: () => void } {
  const [state, setState] = useState<Reading<Value> & { key: string }>();
  const [turn, setTurn] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the function, and a turn reads again
  useEffect(() => {
    const stopping = new AbortController();
    const { signal } = stopping;
    const keep = (next: Partial<Reading<Value>>) =>
      setState((last) => ({
        value: last?.key === key ? last.value : undefined,
        trouble: undefined,
        problem: undefined,
        ...next,
        key,
      }));
    patiently(() => read(signal), {
      patienceMs: Number.POSITIVE_INFINITY,
      signal,
      onRetry: (reason) => keep({ trouble: troubleOf(reason) }),
    }).then(
      (value) => signal.aborted || keep({ value }),
      (reason: unknown) => {
        if (!signal.aborted)
          keep(reason instanceof ProblemError ? { problem: reason } : { trouble: troubleOf(reason) });
      },
    );
    return () => stopping.abort();
  }, [key, turn]);

  const again = () => setTurn((last) => last + 1);
  useEffect(() => {
    if (everyMs === undefined) return;
    const look = () => document.visibilityState === 'visible' && setTurn((last) => last + 1);
    const timer = setInterval(look, everyMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [everyMs]);

  const { value, trouble, problem } =
    state?.key === key ? state : { value: undefined, trouble: undefined, problem: undefined };
  return { value, trouble, problem, again };
}
