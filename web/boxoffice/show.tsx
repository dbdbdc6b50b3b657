import { formatDay, formatTime } from '../lib/format.ts';
import { Heading } from '../lib/heading.tsx';
import { Loading, Outage } from '../lib/notices.tsx';
import { useQuery } from '../lib/query.ts';
import { Link } from '../lib/router.tsx';
import { getShowWithMovie } from './get-show.ts';
import { NotFound } from './not-found.tsx';
import { priceRange } from './price-range.ts';
import { SeatSelection } from './seat-selection.tsx';

/** Prices and sales may change while the page is open. */
const refreshMs = 30_000;

/** One show: select seats on the live map and hold them. */
export function ShowPage({ id }: { id: number }) {
  const { data, outage, problem, refetch } = useQuery(`show ${id}`, (signal) => getShowWithMovie(id, signal), {
    refreshMs,
  });
  if (problem) return <NotFound title="Show not found">This show is not on the programme.</NotFound>;
  if (!data) return outage ? <Outage message={outage} /> : <Loading what="the show" />;
  const { show, movie } = data;
  const prices = priceRange(show);
  return (
    <>
      <div className="show-head">
        <Heading title={movie.title} />
        <p className="facts">
          {formatDay(show.date_time)}, {formatTime(show.date_time)} · {show.screen_name} · {prices && `${prices} · `}
          <Link to={`/movies/${movie.id}`}>Other shows</Link>
        </p>
      </div>
      <SeatSelection key={show.id} show={show} onOutdated={refetch} />
    </>
  );
}
