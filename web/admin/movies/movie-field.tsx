import { Select } from '../../lib/fields.tsx';
import type { Query } from '../../lib/query.ts';
import { boxoffice } from '../../lib/session.ts';
import { useAdminQuery } from '../access.ts';

/** Movies offered for selection. */
const choiceLimit = 100;

/** Titles by movie id: of the movies offered for selection, and of these in any case. */
export function useMovieTitles(ids: number[]): Query<Map<number, string>> {
  const distinct = [...new Set(ids)].sort((a, b) => a - b);
  const getTitles = async (signal: AbortSignal) => {
    const query = { page_size: choiceLimit };
    const { results } = await boxoffice.get('/api/admin/movies/', { params: { query }, signal });
    const titles = new Map(results.map(({ id, title }) => [id, title]));
    const add = async (id: number) => {
      const { title } = await boxoffice.get('/api/admin/movies/{id}/', { params: { path: { id } }, signal });
      titles.set(id, title);
    };
    await Promise.all(distinct.filter((id) => !titles.has(id)).map(add));
    return titles;
  };
  return useAdminQuery(`titles ${distinct}`, getTitles, { keepPrevious: true });
}

interface MovieFieldProps {
  value: string;
  /** Whether it may be left open, as in a filter. */
  isOptional?: boolean;
  errors?: string[] | undefined;
}

/** Selects a movie by its title. */
export function MovieField({ value, isOptional = false, errors }: MovieFieldProps) {
  const { data, outage, problem } = useMovieTitles(Number(value) > 0 ? [Number(value)] : []);
  // Until the titles arrive, a form that is saved keeps its movie.
  const titles = data ?? (value ? [[Number(value), 'Loading …'] as const] : []);
  const choices = [...titles].map(([id, title]) => [String(id), title] as const);
  const error = outage ?? problem?.message;
  return (
    <Select
      // Rendered again when the choices arrive, as the initial value must be one of them.
      key={data ? 'loaded' : 'loading'}
      label="Movie"
      name="movie_id"
      value={value}
      options={[['', isOptional ? 'All movies' : 'Select a movie'], ...choices]}
      errors={error ? [error] : errors}
    />
  );
}
