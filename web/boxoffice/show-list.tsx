import type { Show } from '@boxoffice/client';
import { formatShortDay, formatTime } from '../lib/format.ts';
import { Link } from '../lib/router.tsx';
import { Fullness } from './fullness.tsx';
import { priceRange } from './price-range.ts';
import { closedBecause } from './sale-state.ts';

/** Shows to choose from, each with its prices and its seats left. */
export function ShowList({ shows, withDay = false }: { shows: Show[]; withDay?: boolean }) {
  return (
    <ul className="shows">
      {shows.map((show) => (
        <li key={show.id} className={show.status}>
          <Link to={`/shows/${show.id}`}>
            <strong>
              {withDay && `${formatShortDay(show.date_time)} `}
              {formatTime(show.date_time)}
            </strong>
            <span>{show.screen_name}</span>
            <Price show={show} />
            <ShowState show={show} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function ShowState({ show }: { show: Show }) {
  const closed = closedBecause(show);
  return closed ? <span className="closed">{closed.short}</span> : <Fullness {...show} />;
}

function Price({ show }: { show: Show }) {
  const prices = priceRange(show);
  return prices === null ? null : <span>{prices}</span>;
}
