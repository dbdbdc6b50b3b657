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
              <span>{seats > 0 && formatNumber(seats)}</span>
              <div style={{ height: `${(100 * seats) / max}%` }} />
            </div>
            <span className="date">{formatCalendarDate(date)}</span>
          </div>
        ))}
      </div>
      <table className="unseen">
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
    </>
  );
}
