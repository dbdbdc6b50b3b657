import { formatDay, formatTime } from '../lib/format.ts';
import { Heading } from '../lib/heading.tsx';
import { Loading, Outage } from '../lib/notices.tsx';
import { useQuery } from '../lib/query.ts';
import { Link } from '../lib/router.tsx';
import { boxoffice } from '../lib/session.ts';
import { NotFound } from './not-found.tsx';
import { SeatSelection } from './seat-selection.tsx';

/** One show: select seats on the live map and book them. */
export function ShowPage({ id }: { id: number }) {
  const { data, outage, problem } = useQuery(`show ${id}`, async (signal) => {
    const show = await boxoffice.get('/api/shows/{id}/', { params: { path: { id } }, signal });
    const movie = await boxoffice.get('/api/movies/{id}/', { params: { path: { id: show.movie_id } }, signal });
    return { show, movie };
  });
  if (problem) return <NotFound title="Show not found">This show is not on the programme.</NotFound>;
  if (!data) return outage ? <Outage message={outage} /> : <Loading what="the show" />;
  const { show, movie } = data;
  return (
    <>
      <div className="show-head">
        <Heading title={movie.title} />
        <p className="facts">
          {formatDay(show.date_time)}, {formatTime(show.date_time)} · {show.screen_name} ·{' '}
          <Link to={`/movies/${movie.id}`}>Other shows</Link>
        </p>
      </div>
      <SeatSelection key={show.id} show={show} />
    </>
  );
}
