import type { Dashboard } from '@boxoffice/client';
import { dayText, numberText } from '../words.ts';

const width = 1_000;
const height = 190;
const room = { top: 30, bottom: 24 };

/** A column for each day; the same as a table for those who do not see it. */
export function DayChart({ days }: { days: Dashboard['sales_per_day'] }) {
  const most = Math.max(1, ...days.map((day) => day.seats));
  const step = width / days.length;
  const base = height - room.bottom;
  const heightOf = (seats: number) => (seats / most) * (base - room.top);
  return (
    <>
      <svg className="day-chart" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        <line x1="0" x2={width} y1={base} y2={base} />
        {days.map(({ date, seats }, index) => {
          const middle = (index + 0.5) * step;
          return (
            <g key={date}>
              <rect
                x={middle - step * 0.34}
                width={step * 0.68}
                y={base - heightOf(seats)}
                height={heightOf(seats)}
                rx="3"
              />
              {seats > 0 && (
                <text x={middle} y={base - heightOf(seats) - 6}>
                  {numberText(seats)}
                </text>
              )}
              <text x={middle} y={height - 6} className="muted">
                {dayText(date)}
              </text>
            </g>
          );
        })}
      </svg>
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
              <th scope="row">{dayText(day.date)}</th>
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
