import type { Movie } from '@boxoffice/client';
import { ConfirmButton } from '../../lib/confirm-button.tsx';
import { Input } from '../../lib/fields.tsx';
import { Link, useLocation } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { Filters } from '../list/filters.tsx';
import { List } from '../list/list.tsx';
import { useList } from '../list/use-list.ts';
import { PageHead } from '../page-head.tsx';

export function Movies() {
  const { query } = useLocation();
  const movies = useList<Movie>(['search'], (parameters, signal) =>
    boxoffice.get('/api/admin/movies/', { params: { query: parameters }, signal }),
  );
  return (
    <>
      <PageHead title="Movies">
        <Link className="button primary" to="/movies/new">
          Add a movie
        </Link>
      </PageHead>
      <Filters>
        <Input label="Title" name="search" type="search" value={query.get('search') ?? ''} />
      </Filters>
      <List
        query={movies}
        noun="movie"
        name="Movies"
        empty={<Link to="/movies/new">Add your first movie</Link>}
        columns={[
          { title: 'Title', show: (movie) => <Link to={`/movies/${movie.id}`}>{movie.title}</Link> },
          { title: 'Minutes', show: (movie) => movie.duration_minutes, isNumber: true },
          { title: 'Rating', show: (movie) => movie.rating },
          { title: 'Language', show: (movie) => movie.language },
          { title: 'Actions', show: (movie) => <Actions movie={movie} onDeleted={movies.refetch} /> },
        ]}
      />
    </>
  );
}

function Actions({ movie, onDeleted }: { movie: Movie; onDeleted: () => void }) {
  return (
    <div className="buttons">
      <Link className="button" to={`/shows?movie_id=${movie.id}`} aria-label={`Shows of ${movie.title}`}>
        Shows
      </Link>
      <Link className="button" to={`/shows/run?movie_id=${movie.id}`} aria-label={`Schedule shows of ${movie.title}`}>
        Schedule
      </Link>
      <ConfirmButton
        action="Delete"
        subject={movie.title}
        title={`Delete “${movie.title}”?`}
        onConfirm={async () => {
          await boxoffice.delete('/api/admin/movies/{id}/', { params: { path: { id: movie.id } } });
          onDeleted();
        }}
      >
        A movie that has shows cannot be deleted.
      </ConfirmButton>
    </div>
  );
}
