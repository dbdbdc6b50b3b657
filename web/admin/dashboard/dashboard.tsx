import type { Dashboard as Sales } from '@boxoffice/client';
import { useAnswer } from '../answer.ts';
import { boxoffice } from '../boxoffice.ts';
import { Trouble } from '../form.tsx';
import { Heading } from '../heading.tsx';
import { Link } from '../place.tsx';
import { WideTable } from '../wide-table.tsx';
import { countText, momentText, numberText, timeZone } from '../words.ts';
import { DayChart } from './day-chart.tsx';
import { Hall } from './hall.tsx';
import { QueuesNow } from './queues-now.tsx';

const days = 14;
const salesEveryMs = 15_000;

/** How it goes: what was sold, what is still to be had, and whether decisions keep up. */
export function Dashboard() {
  const query = { days, time_zone: timeZone };
  const { data, error } = useAnswer(
    'sales',
    (signal) => boxoffice.get('/api/admin/dashboard/', { params: { query }, signal }),
    { everyMs: salesEveryMs },
  );
  return (
    <>
      <Heading text="Dashboard" />
      <QueuesNow />
      <Trouble error={error} />
      {data && (
        <>
          <section className="card" aria-labelledby="per-day">
            <h2 id="per-day">Seats sold per day</h2>
            <p className="muted">{summary(data.sales_per_day)}</p>
            <DayChart days={data.sales_per_day} />
          </section>
          <section aria-labelledby="fill">
            <h2 id="fill">How full the next shows are</h2>
            {data.fill_per_show.length === 0 && <p className="muted">No show is to come.</p>}
            <ul className="halls">
              {data.fill_per_show.map((fill) => (
                <li key={fill.show.id} className="card">
                  <Hall {...fill} />
                </li>
              ))}
            </ul>
          </section>
          <BestSelling shows={data.sales_per_show} />
        </>
      )}
    </>
  );
}

function summary(sales: Sales['sales_per_day']): string {
  const seats = sales.reduce((sum, day) => sum + day.seats, 0);
  const bookings = sales.reduce((sum, day) => sum + day.bookings, 0);
  const today = sales.at(-1)?.seats ?? 0;
  return `${countText(seats, 'seat')} in ${countText(bookings, 'booking')} in ${days} days, ${numberText(today)} of them today.`;
}

function BestSelling({ shows }: { shows: Sales['sales_per_show'] }) {
  if (shows.length === 0) return null;
  return (
    <section className="card table" aria-labelledby="per-show">
      <h2 id="per-show">Most sold in {days} days</h2>
      <WideTable name="Most sold">
        <thead>
          <tr>
            <th scope="col">Show</th>
            <th scope="col">Starts</th>
            <th scope="col" className="number">
              Bookings
            </th>
            <th scope="col" className="number">
              Seats
            </th>
          </tr>
        </thead>
        <tbody>
          {shows.map(({ show_id, show, bookings, seats }) => (
            <tr key={show_id}>
              <td>
                <Link to={`bookings?show_id=${show_id}`}>{show?.movie.title ?? `Show ${show_id}`}</Link>
              </td>
              <td>{show && momentText(show.date_time)}</td>
              <td className="number">{numberText(bookings)}</td>
              <td className="number">{numberText(seats)}</td>
            </tr>
          ))}
        </tbody>
      </WideTable>
    </section>
  );
}
