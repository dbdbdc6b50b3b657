import { ProblemError, patiently } from '@boxoffice/client';
import { useEffect, useReducer, useState } from 'react';

/** What a question to the gateway has come to. What was answered last stays while it is asked again. */
export interface Answer<Data> {
  data: Data | undefined;
  error: string | undefined;
  isLoading: boolean;
  askAgain(): void;
}

/**
 * Asks when first drawn, when `key` changes, and every `everyMs` milliseconds if given, each time when the
 * answer before is there. While the gateway cannot answer, says why and keeps asking.
 *
 * @param key what the question depends on
 */
export function useAnswer<Data>(
  key: string,
  ask: (signal: AbortSignal) => Promise<Data>,
  { everyMs }: { everyMs?: number } = {},
): Answer<Data> {
  const [state, setState] = useState<{ data?: Data; error?: string; isLoading: boolean }>({ isLoading: true });
  const [round, askAgain] = useReducer((count: number) => count + 1, 0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `ask` is another function with each drawing; `key` says when it asks another thing
  useEffect(() => {
    const left = new AbortController();
    let next: ReturnType<typeof setTimeout> | undefined;
    const run = async () => {
      setState((before) => ({ ...before, isLoading: true }));
      try {
        const data = await patiently(() => ask(left.signal), {
          patienceMs: Number.POSITIVE_INFINITY,
          signal: left.signal,
          onRetry: (reason) => !left.signal.aborted && setState((before) => ({ ...before, error: inWords(reason) })),
        });
        if (!left.signal.aborted) setState({ data, isLoading: false });
      } catch (error) {
        if (left.signal.aborted) return;
        setState((before) => ({ ...before, error: inWords(error), isLoading: false }));
        if (isShutOut(error)) window.dispatchEvent(new Event(shutOut));
      }
      if (everyMs && !left.signal.aborted) next = setTimeout(run, everyMs);
    };
    void run();
    return () => {
      left.abort();
      clearTimeout(next);
    };
  }, [key, round, everyMs]);

  return { data: state.data, error: state.error, isLoading: state.isLoading, askAgain };
}

/** Said to the window when the gateway does not let this user in any more: deactivated, demoted, logged out elsewhere. */
export const shutOut = 'boxoffice:shut-out';

function isShutOut(error: unknown): boolean {
  return error instanceof ProblemError && ['unauthenticated', 'forbidden'].includes(error.code);
}

/** What went wrong, for people. */
export function inWords(error: unknown): string {
  if (error instanceof ProblemError) return error.message;
  return 'The server does not answer. Check the connection, and try again.';
}
