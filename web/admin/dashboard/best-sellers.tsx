import type { Dashboard } from '@boxoffice/client';
import { formatDateTime, formatNumber } from '../../lib/format.ts';
import { EmptyState } from '../../lib/notices.tsx';
import { Link } from '../../lib/router.tsx';
import { Table } from '../list/table.tsx';

/** The shows that sold the most seats. */
export function BestSellers({ days, shows }: { days: number; shows: Dashboard['sales_per_show'] }) {
  return (
    <section className="card table" aria-labelledby="best-sellers">
      <h2 id="best-sellers">Best sellers of the last {days} days</h2>
      {shows.length === 0 ? (
        <EmptyState title="Nothing sold yet">
          Sales appear here as soon as someone books in the <a href="/boxoffice/">box office</a>.
        </EmptyState>
      ) : (
        <Table
          name="Best sellers"
          rows={shows}
          rowKey={({ show_id }) => show_id}
          columns={[
            {
              title: 'Show',
              show: ({ show, show_id }) => (
                <Link to={`/bookings?show_id=${show_id}`}>{show?.movie.title ?? `Show ${show_id}`}</Link>
              ),
            },
            { title: 'Starts', show: ({ show }) => show && formatDateTime(show.date_time) },
            { title: 'Bookings', show: ({ bookings }) => formatNumber(bookings), isNumber: true },
            { title: 'Seats', show: ({ seats }) => formatNumber(seats), isNumber: true },
          ]}
        />
      )}
    </section>
  );
}
