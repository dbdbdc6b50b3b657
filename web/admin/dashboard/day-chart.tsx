import type { Dashboard } from '@boxoffice/client';
import { formatCalendarDate, formatNumber } from '../../lib/format.ts';

type Day = Dashboard['sales_per_day'][number];

/** Seats sold per day as columns; for screen readers, as a table. */
export function DayChart({ days }: { days: Day[] }) {
  const max = Math.max(1, ...days.map((day) => day.seats));
  return (
    <>
      <div className="day-chart" aria-hidden="true">
        {days.map(({ date, seats }) => (
          <div key={date} className="day">
            <div className="bar">
              <div style={{ height: `${(100 * seats) / max}%` }}>{seats > 0 && <span>{formatNumber(seats)}</span>}</div>
            </div>
            <span className="date">{formatCalendarDate(date)}</span>
          </div>
        ))}
      </div>
      <div className="unseen">
        <table>
          <caption>Seats sold per day</caption>
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col">Seats</th>
              <th scope="col">Bookings</th>
              <th scope="col">Seats cancelled</th>
            </tr>
          </thead>
          <tbody>
            {days.map((day) => (
              <tr key={day.date}>
                <th scope="row">{formatCalendarDate(day.date)}</th>
                <td>{day.seats}</td>
                <td>{day.bookings}</td>
                <td>{day.cancelled_seats}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
