import type { Dashboard } from '@boxoffice/client';
import { Link } from '../place.tsx';
import { momentText, numberText } from '../words.ts';

const columns = 15;
const rows = 5;

/** A show as a hall of 75 seats, of which as large a share is taken as of its own. */
export function Hall({ show, total_seats, available_seats }: Dashboard['fill_per_show'][number]) {
  const sold = total_seats - available_seats;
  const taken = Math.round((sold / total_seats) * columns * rows);
  // One seat sold is to be seen, and so is one that is left.
  const shown =
    sold === 0 ? 0 : available_seats === 0 ? columns * rows : Math.min(Math.max(taken, 1), columns * rows - 1);
  return (
    <>
      <h3>
        <Link to={`shows/${show.id}`}>{show.movie.title}</Link>
      </h3>
      <p className="muted">
        {momentText(show.date_time)} · {show.screen_name}
      </p>
      <svg className="hall" viewBox={`0 0 ${columns * 10} ${rows * 10 + 8}`} aria-hidden="true">
        <line x1="25" x2={columns * 10 - 25} y1="2" y2="2" />
        {Array.from({ length: columns * rows }, (_, seat) => seat).map((seat) => (
          <rect
            key={seat}
            className={seat < shown ? 'taken' : undefined}
            x={(seat % columns) * 10 + 1}
            y={Math.floor(seat / columns) * 10 + 9}
            width="8"
            height="8"
            rx="2.5"
          />
        ))}
      </svg>
      <p>
        <strong>{Math.floor((sold / total_seats) * 100)} %</strong> · {numberText(sold)} of {numberText(total_seats)}{' '}
        sold
      </p>
    </>
  );
}
