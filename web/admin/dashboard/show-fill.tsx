import type { Dashboard } from '@boxoffice/client';
import { formatDateTime, formatNumber } from '../../lib/format.ts';
import { Link } from '../../lib/router.tsx';

const columns = 15;
const rows = 5;
const seatCount = columns * rows;

/** How much of a show is sold, drawn as a room of 75 seats. */
export function ShowFill({ show, total_seats, available_seats }: Dashboard['fill_per_show'][number]) {
  const sold = total_seats - available_seats;
  return (
    <>
      <h3>
        <Link to={`/shows/${show.id}`}>{show.movie.title}</Link>
      </h3>
      <p className="muted">
        {formatDateTime(show.date_time)} · {show.screen_name}
      </p>
      <SeatChart sold={seatsToColour(sold, total_seats)} />
      <p>
        <strong>{Math.floor((sold / total_seats) * 100)}%</strong> · {formatNumber(sold)} of {formatNumber(total_seats)}{' '}
        sold
      </p>
    </>
  );
}

/** Rounded, but a single seat sold shows, and so does a single seat left. */
function seatsToColour(sold: number, total: number): number {
  if (sold === 0 || sold === total) return sold === 0 ? 0 : seatCount;
  return Math.min(Math.max(Math.round((sold / total) * seatCount), 1), seatCount - 1);
}

function SeatChart({ sold }: { sold: number }) {
  return (
    <svg className="fill" viewBox={`0 0 ${columns * 10} ${rows * 10 + 8}`} aria-hidden="true">
      <line x1="25" x2={columns * 10 - 25} y1="2" y2="2" />
      {Array.from({ length: seatCount }, (_, seat) => seat).map((seat) => (
        <rect
          key={seat}
          className={seat < sold ? 'sold' : undefined}
          x={(seat % columns) * 10 + 1}
          y={Math.floor(seat / columns) * 10 + 9}
          width="8"
          height="8"
          rx="2.5"
        />
      ))}
    </svg>
  );
}
