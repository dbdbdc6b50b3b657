import type { ReactNode } from 'react';
import { EmptyState, Loading, Outage } from '../../lib/notices.tsx';
import type { Query } from '../../lib/query.ts';
import { Link, useLocation } from '../../lib/router.tsx';
import { Pager } from './pager.tsx';
import { type Column, Table } from './table.tsx';
import type { Page } from './use-list.ts';

/** One page of a list. */
export function List<Row extends { id: number | string }>({
  query: { data, outage, problem, isLoading },
  columns,
  noun,
  name,
  empty,
}: {
  query: Query<Page<Row>>;
  columns: Column<Row>[];
  /** The noun for one entry: `movie` */
  noun: string;
  name: string;
  /** Advice for when the list has no entries at all. */
  empty: ReactNode;
}) {
  const { path, query } = useLocation();
  const isFiltered = [...query.keys()].some((parameter) => parameter !== 'page');
  return (
    <>
      <Outage message={outage ?? problem?.message} />
      {data && (
        <div className="card table" aria-busy={isLoading}>
          {data.count > 0 ? (
            <Table name={name} columns={columns} rows={data.results} rowKey={({ id }) => id} />
          ) : (
            <EmptyState title={isFiltered ? 'No matches' : `No ${noun}s yet`}>
              {isFiltered ? <Link to={path}>Clear the filters</Link> : empty}
            </EmptyState>
          )}
          <Pager count={data.count} noun={noun} />
        </div>
      )}
      {!data && isLoading && <Loading what={`the ${noun}s`} />}
    </>
  );
}
