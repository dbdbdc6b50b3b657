import type { Show } from '@boxoffice/client';
import { formatShortDay, formatTime } from '../lib/format.ts';
import { Link } from '../lib/router.tsx';
import { Fullness } from './fullness.tsx';

/** Shows to choose from, each with its seats left. */
export function ShowList({ shows, withDay = false }: { shows: Show[]; withDay?: boolean }) {
  return (
    <ul className="shows">
      {shows.map((show) => (
        <li key={show.id}>
          <Link to={`/shows/${show.id}`}>
            <strong>
              {withDay && `${formatShortDay(show.date_time)} `}
              {formatTime(show.date_time)}
            </strong>
            <span>{show.screen_name}</span>
            <Fullness {...show} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
