import type { Dashboard as Sales } from '@boxoffice/client';
import { formatCount, formatNumber, timeZone } from '../../lib/format.ts';
import { EmptyState, Outage } from '../../lib/notices.tsx';
import { Link } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { useAdminQuery } from '../access.ts';
import { PageHead } from '../page-head.tsx';
import { BestSellers } from './best-sellers.tsx';
import './dashboard.css';
import { DayChart } from './day-chart.tsx';
import { QueueStatus } from './queue-status.tsx';
import { ShowFill } from './show-fill.tsx';

const days = 14;
const refreshMs = 15_000;

/** Sales, upcoming shows, and whether bookings are decided promptly. */
export function Dashboard() {
  const query = { days, time_zone: timeZone };
  const { data, outage, problem } = useAdminQuery(
    'dashboard',
    (signal) => boxoffice.get('/api/admin/dashboard/', { params: { query }, signal }),
    { refreshMs },
  );
  return (
    <>
      <PageHead title="Dashboard" />
      <QueueStatus />
      <Outage message={outage ?? problem?.message} />
      {data && (
        <>
          <section className="card" aria-labelledby="seats-per-day">
            <h2 id="seats-per-day">Seats sold per day</h2>
            <p className="muted">{summary(data.sales_per_day)}</p>
            <DayChart days={data.sales_per_day} />
          </section>
          <section aria-labelledby="upcoming-shows">
            <h2 id="upcoming-shows">Upcoming shows</h2>
            {data.fill_per_show.length === 0 && (
              <EmptyState title="No upcoming shows">
                <Link to="/shows/run">Schedule shows</Link> to put them on sale.
              </EmptyState>
            )}
            <ul className="fills">
              {data.fill_per_show.map((fill) => (
                <li key={fill.show.id} className="card">
                  <ShowFill {...fill} />
                </li>
              ))}
            </ul>
          </section>
          <BestSellers days={days} shows={data.sales_per_show} />
        </>
      )}
    </>
  );
}

function summary(sales: Sales['sales_per_day']): string {
  const seats = sales.reduce((sum, day) => sum + day.seats, 0);
  const bookings = sales.reduce((sum, day) => sum + day.bookings, 0);
  const today = sales.at(-1)?.seats ?? 0;
  return `Last ${days} days: ${formatCount(seats, 'seat')} in ${formatCount(bookings, 'booking')}. Today: ${formatNumber(today)}.`;
}
