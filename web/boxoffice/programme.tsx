import { type FormEvent, useId } from 'react';
import { formatCount } from '../lib/format.ts';
import { Heading } from '../lib/heading.tsx';
import { EmptyState, Loading, Outage } from '../lib/notices.tsx';
import { useQuery } from '../lib/query.ts';
import { Link, navigate } from '../lib/router.tsx';
import { boxoffice } from '../lib/session.ts';
import { MovieItem } from './movie-item.tsx';
import './programme.css';

const moviesPerPage = 20;
const showsPerMovie = 3;
const refreshMs = 15_000;

/** The movies, each with its next shows. */
export function Programme({ query }: { query: URLSearchParams }) {
  const search = query.get('search') ?? '';
  const page = Math.max(1, Number(query.get('page')) || 1);
  const { data, outage } = useQuery(`programme ${page} ${search}`, (signal) => getProgramme(page, search, signal), {
    refreshMs,
  });
  const pageLink = (to: number) => `/?${new URLSearchParams({ ...(search && { search }), page: String(to) })}`;
  return (
    <>
      <div className="page-head">
        <Heading title={search ? `Movies matching “${search}”` : 'What’s on'} />
        <Search search={search} />
      </div>
      <Outage message={outage} />
      {!data && !outage && <Loading what="the programme" />}
      {data?.movies.count === 0 &&
        (search ? (
          <EmptyState title="No matches">
            Try another title, or <Link to="/">see all movies</Link>.
          </EmptyState>
        ) : (
          <EmptyState title="Nothing is on yet">
            Check back later. Administrators add movies in the <a href="/admin/">admin portal</a>.
          </EmptyState>
        ))}
      <ul className="movies">
        {data?.movies.results.map((movie) => (
          <MovieItem key={movie.id} movie={movie} shows={data.shows.get(movie.id) ?? []} showLimit={showsPerMovie} />
        ))}
      </ul>
      {data && (data.movies.next || data.movies.previous) && (
        <nav className="pages" aria-label="Pages">
          {data.movies.previous && <Link to={pageLink(page - 1)}>Previous</Link>}
          <span>
            Page {page} · {formatCount(data.movies.count, 'movie')}
          </span>
          {data.movies.next && <Link to={pageLink(page + 1)}>Next</Link>}
        </nav>
      )}
    </>
  );
}

async function getProgramme(page: number, search: string, signal: AbortSignal) {
  const moviesQuery = { page, page_size: moviesPerPage, ...(search && { search }) };
  const showsQuery = { from: new Date().toISOString(), page_size: 100 };
  const [movies, shows] = await Promise.all([
    boxoffice.get('/api/movies/', { params: { query: moviesQuery }, signal }),
    boxoffice.get('/api/shows/', { params: { query: showsQuery }, signal }),
  ]);
  return { movies, shows: Map.groupBy(shows.results, (show) => show.movie_id) };
}

function Search({ search }: { search: string }) {
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const wanted = new FormData(event.currentTarget).get('search')?.toString().trim() ?? '';
    navigate(wanted ? `/?${new URLSearchParams({ search: wanted })}` : '/');
  };
  return (
    <search>
      <form onSubmit={submit}>
        <label className="unseen" htmlFor={id}>
          Movie title
        </label>
        {/* The key discards what was typed when the address changes. */}
        <input key={search} id={id} type="search" name="search" defaultValue={search} placeholder="Movie title" />
        <button type="submit">Search</button>
      </form>
    </search>
  );
}
