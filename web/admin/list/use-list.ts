import type { Query } from '../../lib/query.ts';
import { useLocation } from '../../lib/router.tsx';
import { useAdminQuery } from '../access.ts';

export const pageSize = 20;

export interface Page<Row> {
  count: number;
  results: Row[];
}

export type ListParameters = { page: number; page_size: number } & Record<string, string | number>;

/** Fetches the page of a list that the address names, with these filters. */
export function useList<Row>(
  filters: string[],
  fetch: (parameters: ListParameters, signal: AbortSignal) => Promise<Page<Row>>,
): Query<Page<Row>> {
  const { path, query } = useLocation();
  const given = filters.flatMap((name) => (query.get(name) ? [[name, query.get(name) ?? '']] : []));
  const page = { page: Number(query.get('page') ?? 1), page_size: pageSize };
  const parameters = { ...page, ...Object.fromEntries(given) } as ListParameters;
  return useAdminQuery(path + JSON.stringify(parameters), (signal) => fetch(parameters, signal), {
    keepPrevious: true,
  });
}
