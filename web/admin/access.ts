/** Noticing that the user has lost access: deactivated, no longer an administrator, or signed out elsewhere. */
import { useEffect } from 'react';
import { useQuery } from '../lib/query.ts';

const accessDenied = 'boxoffice:access-denied';

/** As `useQuery`; a refused request makes the portal check the user's access again. */
export const useAdminQuery: typeof useQuery = (key, fetch, options) => {
  const result = useQuery(key, fetch, options);
  const { problem } = result;
  useEffect(() => {
    if (problem?.code === 'unauthenticated' || problem?.code === 'forbidden') dispatchEvent(new Event(accessDenied));
  }, [problem]); // the object, not its code: every refusal counts
  return result;
};

export function useAccessDenied(onDenied: () => void): void {
  useEffect(() => {
    addEventListener(accessDenied, onDenied);
    return () => removeEventListener(accessDenied, onDenied);
  }, [onDenied]);
}
