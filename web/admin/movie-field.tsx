import { type Answer, useAnswer } from './answer.ts';
import { boxoffice } from './boxoffice.ts';
import { Select } from './fields.tsx';

/** Movies that can be chosen from a list. */
const choiceLimit = 100;

/** Titles by movie: of the movies that can be chosen, and of these whether or not they are among them. */
export function useTitles(ids: number[]): Answer<Map<number, string>> {
  const distinct = [...new Set(ids)].sort((a, b) => a - b);
  return useAnswer(`titles ${distinct}`, async (signal) => {
    const query = { page_size: choiceLimit };
    const { results } = await boxoffice.get('/api/admin/movies/', { params: { query }, signal });
    const titles = new Map(results.map(({ id, title }) => [id, title]));
    const add = async (id: number) => {
      const { title } = await boxoffice.get('/api/admin/movies/{id}/', { params: { path: { id } }, signal });
      titles.set(id, title);
    };
    await Promise.all(distinct.filter((id) => !titles.has(id)).map(add));
    return titles;
  });
}

/** Chooses a movie by its title. */
export function MovieField({
  value,
  canBeAny = false,
  errors,
}: {
  value: string;
  canBeAny?: boolean;
  errors?: string[] | undefined;
}) {
  const { data, error } = useTitles(Number(value) > 0 ? [Number(value)] : []);
  const choices = [...(data ?? [])].map(([id, title]) => [String(id), title] as const);
  return (
    <Select
      // Drawn anew when the choices come: what is chosen to begin with must be among them.
      key={data ? 'choices' : 'none yet'}
      label="Movie"
      name="movie_id"
      value={value}
      options={[['', canBeAny ? 'All movies' : 'Choose …'], ...choices]}
      errors={error ? [error] : errors}
    />
  );
}
