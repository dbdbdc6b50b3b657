import type { Movie, Show } from '@boxoffice/client';
import { Link } from '../lib/router.tsx';
import { MovieFacts } from './movie-facts.tsx';
import { Poster } from './poster.tsx';
import { ShowList } from './show-list.tsx';

/** A movie in the programme, with its next shows. */
export function MovieItem({ movie, shows, showLimit }: { movie: Movie; shows: Show[]; showLimit: number }) {
  const path = `/movies/${movie.id}`;
  return (
    <li className="movie">
      <Poster title={movie.title} />
      <div>
        <h2>
          <Link className="title" to={path}>
            {movie.title}
          </Link>
        </h2>
        <MovieFacts movie={movie} />
        <p className="about">{movie.description}</p>
        <ShowList shows={shows.slice(0, showLimit)} withDay />
        {shows.length !== 1 && (
          <p className="more">
            <Link to={path} aria-label={`All shows of ${movie.title}`}>
              All shows
            </Link>
          </p>
        )}
      </div>
    </li>
  );
}
