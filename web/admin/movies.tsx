import type { Movie, MovieCreateInput } from '@boxoffice/client';
import { useAnswer } from './answer.ts';
import { boxoffice } from './boxoffice.ts';
import { ConfirmButton } from './confirm.tsx';
import { Field, Input } from './fields.tsx';
import { Form, Trouble } from './form.tsx';
import { Heading } from './heading.tsx';
import { Filters, List, useList } from './list.tsx';
import { go, Link, usePlace } from './place.tsx';

const path = '/api/admin/movies/{id}/';

export function Movies() {
  const { query } = usePlace();
  const answer = useList<Movie>(['search'], (wanted, signal) =>
    boxoffice.get('/api/admin/movies/', { params: { query: wanted }, signal }),
  );
  return (
    <>
      <Heading text="Movies">
        <Link className="button first" to="movies/new">
          Add a movie
        </Link>
      </Heading>
      <Filters>
        <Input label="Title" name="search" type="search" value={query.get('search') ?? ''} />
      </Filters>
      <List
        answer={answer}
        noun="movie"
        caption="Movies"
        columns={[
          { title: 'Title', show: (movie) => <Link to={`movies/${movie.id}`}>{movie.title}</Link> },
          { title: 'Minutes', show: (movie) => movie.duration_minutes, isNumber: true },
          { title: 'Rating', show: (movie) => movie.rating },
          { title: 'Language', show: (movie) => movie.language },
          {
            title: 'Actions',
            show: (movie) => (
              <div className="buttons">
                <Link className="button" to={`shows?movie_id=${movie.id}`} aria-label={`Shows of ${movie.title}`}>
                  Shows
                </Link>
                <Link
                  className="button"
                  to={`shows/run?movie_id=${movie.id}`}
                  aria-label={`Add a run of shows of ${movie.title}`}
                >
                  Add a run
                </Link>
                <ConfirmButton
                  text="Delete"
                  of={movie.title}
                  question={`Delete the movie “${movie.title}”? A movie that has shows cannot be deleted.`}
                  onConfirm={async () => {
                    await boxoffice.delete(path, { params: { path: { id: movie.id } } });
                    answer.askAgain();
                  }}
                />
              </div>
            ),
          },
        ]}
      />
    </>
  );
}

export function NewMovie() {
  return (
    <>
      <Heading text="Add a movie" />
      <MovieForm
        submitText="Add"
        onSave={async (body) => {
          const { id } = await boxoffice.post('/api/admin/movies/', { body });
          go(`shows/run?movie_id=${id}`);
        }}
      />
    </>
  );
}

export function EditMovie({ id }: { id: number }) {
  const { data: movie, error } = useAnswer(`movie ${id}`, (signal) =>
    boxoffice.get(path, { params: { path: { id } }, signal }),
  );
  return (
    <>
      <Heading text={movie?.title ?? 'Movie'}>
        <Link className="button" to={`shows?movie_id=${id}`}>
          Shows
        </Link>
        <Link className="button" to={`audit?subject=movie&subject_id=${id}`}>
          Audit
        </Link>
      </Heading>
      <Trouble error={error} />
      {movie && (
        <MovieForm
          movie={movie}
          submitText="Save"
          onSave={async (body) => {
            await boxoffice.put(path, { params: { path: { id } }, body });
            go('movies');
          }}
        />
      )}
    </>
  );
}

function MovieForm({
  movie,
  submitText,
  onSave,
}: {
  movie?: Movie;
  submitText: string;
  onSave: (body: MovieCreateInput) => Promise<void>;
}) {
  const save = ({ title = '', duration_minutes, poster_url, ...texts }: Record<string, string>) =>
    onSave({ ...texts, title, duration_minutes: Number(duration_minutes), poster_url: poster_url || null });
  return (
    <Form submitText={submitText} cancelTo="movies" onSubmit={save}>
      {(errors) => (
        <>
          <Input label="Title" name="title" value={movie?.title} errors={errors.title} required />
          <Input
            label="Minutes"
            name="duration_minutes"
            type="number"
            min={1}
            value={movie?.duration_minutes}
            errors={errors.duration_minutes}
            required
          />
          <Field label="Description" errors={errors.description}>
            {(control) => <textarea name="description" rows={4} defaultValue={movie?.description} {...control} />}
          </Field>
          <Input label="Rating" name="rating" hint="PG-13, 16, …" value={movie?.rating} errors={errors.rating} />
          <Input label="Language" name="language" value={movie?.language} errors={errors.language} />
          <Input
            label="Address of its poster"
            name="poster_url"
            type="url"
            value={movie?.poster_url ?? ''}
            errors={errors.poster_url}
          />
        </>
      )}
    </Form>
  );
}
