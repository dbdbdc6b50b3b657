import type { Movie } from '@boxoffice/client';

/** Running time, rating and language on one line. */
export function MovieFacts({ movie }: { movie: Movie }) {
  return (
    <p className="facts">
      {[`${movie.duration_minutes} min`, movie.rating, movie.language].filter(Boolean).join(' · ')}
    </p>
  );
}
