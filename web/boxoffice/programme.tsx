import type { Show } from '@boxoffice/client';
import type { FormEvent } from 'react';
import { Fullness } from './fullness.tsx';
import { Loading, Trouble } from './notices.tsx';
import { Poster } from './poster.tsx';
import { useReading } from './reading.ts';
import { Heading, Link, navigate } from './router.tsx';
import { boxoffice } from './session.ts';
import { counted, shortDayOf, timeOf } from './words.ts';

const moviesPerPage = 20;
const showsPerMovie = 3;
const refreshMs = 15_000;

/** What is playing: movies, each with its next shows. */
export function Programme({ query }: { query: URLSearchParams }) {
  const search = query.get('search') ?? '';
  const page = Math.max(1, Number(query.get('page')) || 1);
  const { value, trouble } = useReading(
    `programme ${page} ${search}`,
    async (signal) => {
      const [movies, shows] = await Promise.all([
        boxoffice.get('/api/movies/', {
          params: { query: { page, page_size: moviesPerPage, ...(search && { search }) } },
          signal,
        }),
        boxoffice.get('/api/shows/', { params: { query: { from: new Date().toISOString(), page_size: 100 } }, signal }),
      ]);
      return { movies, next: Map.groupBy(shows.results, (show) => show.movie_id) };
    },
    refreshMs,
  );

  const find = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const wanted = new FormData(event.currentTarget).get('search')?.toString().trim() ?? '';
    navigate(wanted ? `/?${new URLSearchParams({ search: wanted })}` : '/');
  };
  const pageLink = (to: number) => `/?${new URLSearchParams({ ...(search && { search }), page: String(to) })}`;

  return (
    <>
      <div className="page-head">
        <Heading title={search ? `Movies with “${search}”` : 'What is playing'} />
        <search>
          <form onSubmit={find}>
            <input
              key={search}
              type="search"
              name="search"
              defaultValue={search}
              aria-label="Title"
              placeholder="Title"
            />
            <button type="submit">Find</button>
          </form>
        </search>
      </div>
      <Trouble text={trouble} />
      {!value && !trouble && <Loading of="the programme" />}
      {value?.movies.count === 0 && <p className="quiet">{search ? 'No movie is called that.' : 'Nothing yet.'}</p>}
      <ul className="movies">
        {value?.movies.results.map((movie) => (
          <li key={movie.id} className="movie">
            <Poster title={movie.title} />
            <div>
              <h2>
                <Link className="title" to={`/movies/${movie.id}`}>
                  {movie.title}
                </Link>
              </h2>
              <p className="facts">
                {[`${movie.duration_minutes} min`, movie.rating, movie.language].filter(Boolean).join(' · ')}
              </p>
              <p className="about">{movie.description}</p>
              <Shows shows={value.next.get(movie.id)?.slice(0, showsPerMovie) ?? []} withDay />
              {(value.next.get(movie.id)?.length ?? 0) !== 1 && (
                <p className="more">
                  <Link to={`/movies/${movie.id}`} aria-label={`All shows of ${movie.title}`}>
                    All shows
                  </Link>
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
      {value && (value.movies.next || value.movies.previous) && (
        <nav className="pages" aria-label="Pages">
          {value.movies.previous && <Link to={pageLink(page - 1)}>Back</Link>}
          <span>
            Page {page} · {counted(value.movies.count, 'movie')}
          </span>
          {value.movies.next && <Link to={pageLink(page + 1)}>More</Link>}
        </nav>
      )}
    </>
  );
}

/** Shows to choose from, each with how full it is. */
export function Shows({ shows, withDay = false }: { shows: Show[]; withDay?: boolean }) {
  return (
    <ul className="shows">
      {shows.map((show) => (
        <li key={show.id}>
          <Link to={`/shows/${show.id}`}>
            <strong>
              {withDay && `${shortDayOf(show.date_time)} `}
              {timeOf(show.date_time)}
            </strong>
            <span>{show.screen_name}</span>
            <Fullness {...show} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
