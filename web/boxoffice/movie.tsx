import type { Show } from '@boxoffice/client';
import { formatDay } from '../lib/format.ts';
import { Heading } from '../lib/heading.tsx';
import { EmptyState, Loading, Outage } from '../lib/notices.tsx';
import { useQuery } from '../lib/query.ts';
import { Link } from '../lib/router.tsx';
import { boxoffice } from '../lib/session.ts';
import { MovieFacts } from './movie-facts.tsx';
import { NotFound } from './not-found.tsx';
import { Poster } from './poster.tsx';
import './programme.css';
import { ShowList } from './show-list.tsx';

const refreshMs = 15_000;

/** One movie and its upcoming shows, by day. */
export function MoviePage({ id }: { id: number }) {
  const { data, outage, problem } = useQuery(`movie ${id}`, (signal) => getMovie(id, signal), { refreshMs });
  if (problem) return <NotFound title="Movie not found">This movie is not on the programme.</NotFound>;
  if (!data) return outage ? <Outage message={outage} /> : <Loading what="the movie" />;
  const { movie, days } = data;
  return (
    <>
      <Outage message={outage} />
      <div className="movie large">
        <Poster title={movie.title} />
        <div>
          <Heading title={movie.title} />
          <MovieFacts movie={movie} />
          <p className="about">{movie.description}</p>
          {days.size === 0 && (
            <EmptyState title="No upcoming shows">
              Check back later, or <Link to="/">see what else is on</Link>.
            </EmptyState>
          )}
          {[...days].map(([day, shows]) => (
            <section key={day} className="day">
              <h2>{day}</h2>
              <ShowList shows={shows} />
            </section>
          ))}
        </div>
      </div>
    </>
  );
}

async function getMovie(id: number, signal: AbortSignal) {
  const query = { from: new Date().toISOString(), page_size: 100 };
  const [movie, shows] = await Promise.all([
    boxoffice.get('/api/movies/{id}/', { params: { path: { id } }, signal }),
    boxoffice.get('/api/movies/{id}/shows/', { params: { path: { id }, query }, signal }),
  ]);
  return { movie, days: Map.groupBy(shows.results, (show: Show) => formatDay(show.date_time)) };
}
