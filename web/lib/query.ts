import { ProblemError, patiently } from '@boxoffice/client';
import { useEffect, useReducer, useState } from 'react';
import { errorMessage, outageMessage } from './errors.ts';

export interface Query<Data> {
  /** The latest response; kept while a newer one is being fetched. */
  data: Data | undefined;
  /** Why there is nothing newer yet, as a message; the request is being retried. */
  outage: string | undefined;
  /** Why the request failed for good, e.g. not found or not allowed. */
  problem: ProblemError | undefined;
  isLoading: boolean;
  refetch(): void;
}

interface QueryOptions {
  /** Fetch again this long after each response, in milliseconds, while the page is visible. */
  refreshMs?: number;
  /** Whether to show the data of the previous key until that of the next has arrived. */
  keepPrevious?: boolean;
}

type State<Data> = Partial<Pick<Query<Data>, 'data' | 'outage' | 'problem'>> & { key: string; isRetrying?: boolean };

/**
 * Fetches data and retries for as long as the server is unavailable.
 *
 * @param key identifies what is fetched: another key starts another request
 * @param fetch the function passed when the key last changed is used
 */
export function useQuery<Data>(
  key: string,
  fetch: (signal: AbortSignal) => Promise<Data>,
  { refreshMs, keepPrevious = false }: QueryOptions = {},
): Query<Data> {
  const [state, setState] = useState<State<Data>>();
  const [round, refetch] = useReducer((count: number) => count + 1, 0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the function, and a new round fetches again
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const dataOf = (last: State<Data> | undefined) => (last?.key === key || keepPrevious ? last?.data : undefined);
    const update = (change: Partial<State<Data>>) =>
      signal.aborted || setState((last) => ({ key, data: dataOf(last), ...change }) as State<Data>);
    patiently(() => fetch(signal), {
      patienceMs: Number.POSITIVE_INFINITY,
      signal,
      onRetry: (reason) => update({ outage: outageMessage(reason), isRetrying: true }),
    }).then(
      (data) => update({ data }),
      (reason) => update(reason instanceof ProblemError ? { problem: reason } : { outage: errorMessage(reason) }),
    );
    return () => controller.abort();
  }, [key, round]);

  useEffect(() => {
    // Each response starts the timer again; a request that is being retried must not be cut short.
    if (refreshMs === undefined || !state || state.isRetrying) return;
    const refetchIfVisible = () => document.visibilityState === 'visible' && refetch();
    const timer = setTimeout(refetchIfVisible, refreshMs);
    document.addEventListener('visibilitychange', refetchIfVisible);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', refetchIfVisible);
    };
  }, [refreshMs, state]);

  const isLoading = state?.key !== key;
  const { data, outage, problem } = isLoading && !keepPrevious ? {} : (state ?? {});
  return { data, outage, problem, isLoading, refetch } as Query<Data>;
}
