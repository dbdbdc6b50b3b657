import type { Show } from '@boxoffice/client';
import { Loading, Nowhere, Trouble } from './notices.tsx';
import { Poster } from './poster.tsx';
import { Shows } from './programme.tsx';
import { useReading } from './reading.ts';
import { Heading } from './router.tsx';
import { boxoffice } from './session.ts';
import { dayOf } from './words.ts';

const refreshMs = 15_000;

/** One movie and its shows, by day. */
export function MoviePage({ id }: { id: number }) {
  const { value, trouble, problem } = useReading(
    `movie ${id}`,
    async (signal) => {
      const from = new Date().toISOString();
      const [movie, shows] = await Promise.all([
        boxoffice.get('/api/movies/{id}/', { params: { path: { id } }, signal }),
        boxoffice.get('/api/movies/{id}/shows/', { params: { path: { id }, query: { from, page_size: 100 } }, signal }),
      ]);
      return { movie, days: Map.groupBy(shows.results, (show: Show) => dayOf(show.date_time)) };
    },
    refreshMs,
  );
  if (problem) return <Nowhere title="No such movie">It is not on the programme, or not any more.</Nowhere>;
  if (!value) return trouble ? <Trouble text={trouble} /> : <Loading of="the movie" />;
  const { movie, days } = value;
  return (
    <>
      <Trouble text={trouble} />
      <div className="movie large">
        <Poster title={movie.title} />
        <div>
          <Heading title={movie.title} />
          <p className="facts">
            {[`${movie.duration_minutes} min`, movie.rating, movie.language].filter(Boolean).join(' · ')}
          </p>
          <p className="about">{movie.description}</p>
          {days.size === 0 && <p className="quiet">No show to come.</p>}
          {[...days].map(([day, shows]) => (
            <section key={day} className="day">
              <h2>{day}</h2>
              <Shows shows={shows} />
            </section>
          ))}
        </div>
      </div>
    </>
  );
}
