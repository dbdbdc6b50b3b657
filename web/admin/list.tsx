import type { FormEvent, ReactNode } from 'react';
import { type Answer, useAnswer } from './answer.ts';
import { Trouble } from './form.tsx';
import { go, usePlace } from './place.tsx';
import { WideTable } from './wide-table.tsx';
import { countText } from './words.ts';

const pageSize = 20;

export interface Page<Row> {
  count: number;
  results: Row[];
}

export interface Column<Row> {
  title: string;
  show: (row: Row) => ReactNode;
  isNumber?: boolean;
}

/** What a list is asked for: its page, and the filters that its address names. */
export type ListQuery = { page: number; page_size: number } & Record<string, string | number>;

/** Asks for the page and the filters that the address names. */
export function useList<Row>(
  filters: string[],
  ask: (query: ListQuery, signal: AbortSignal) => Promise<Page<Row>>,
): Answer<Page<Row>> {
  const { rooms, query } = usePlace();
  const given = filters.flatMap((name) => (query.get(name) ? [[name, query.get(name) ?? '']] : []));
  const wanted = { page: Number(query.get('page') ?? 1), page_size: pageSize, ...Object.fromEntries(given) };
  return useAnswer(rooms.join('/') + JSON.stringify(wanted), (signal) => ask(wanted as ListQuery, signal));
}

/** One page of a list, as a table. */
export function List<Row extends { id: number | string }>({
  answer,
  columns,
  noun,
  caption,
}: {
  answer: Answer<Page<Row>>;
  columns: Column<Row>[];
  noun: string;
  caption: string;
}) {
  const { data, error, isLoading } = answer;
  return (
    <>
      <Trouble error={error} />
      {data && (
        <div className="card table" aria-busy={isLoading}>
          <WideTable name={caption}>
            <thead>
              <tr>
                {columns.map(({ title, isNumber }) => (
                  <th key={title} scope="col" className={isNumber ? 'number' : undefined}>
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.results.map((row) => (
                <tr key={row.id}>
                  {columns.map(({ title, show, isNumber }) => (
                    <td key={title} className={isNumber ? 'number' : undefined}>
                      {show(row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </WideTable>
          <Pager count={data.count} noun={noun} />
        </div>
      )}
      {!data && isLoading && <p className="muted">Loading …</p>}
    </>
  );
}

function Pager({ count, noun }: { count: number; noun: string }) {
  const { rooms, query } = usePlace();
  const page = Number(query.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(count / pageSize));
  const turnTo = (next: number) => {
    query.set('page', String(next));
    go(`${rooms.join('/')}?${query}`);
  };
  return (
    <nav className="pager" aria-label="Pages">
      <p role="status">
        {countText(count, noun)}
        {last > 1 && `, page ${page} of ${last}`}
      </p>
      {last > 1 && (
        <div className="buttons">
          <button type="button" disabled={page <= 1} onClick={() => turnTo(page - 1)}>
            Back
          </button>
          <button type="button" disabled={page >= last} onClick={() => turnTo(page + 1)}>
            Next
          </button>
        </div>
      )}
    </nav>
  );
}

/** Fields that narrow a list down; what is entered becomes its address. */
export function Filters({ children }: { children: ReactNode }) {
  const { rooms, query } = usePlace();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value).trim()]);
    go(`${rooms.join('/')}?${new URLSearchParams(entered.filter(([, value]) => value) as [string, string][])}`);
  };
  // With another address come other values to begin with.
  return (
    <search>
      <form className="filters" key={query.toString()} onSubmit={submit} noValidate>
        {children}
        <button type="submit">Search</button>
      </form>
    </search>
  );
}
