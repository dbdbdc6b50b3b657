import type { Movie, MovieCreateInput } from '@boxoffice/client';
import { Field, Input } from '../../lib/fields.tsx';
import { Form } from '../../lib/form.tsx';
import { Outage } from '../../lib/notices.tsx';
import { Link, navigate } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { useAdminQuery } from '../access.ts';
import { PageHead } from '../page-head.tsx';

const path = '/api/admin/movies/{id}/';

export function NewMovie() {
  return (
    <>
      <PageHead title="Add a movie" />
      <MovieForm
        submitLabel="Add"
        onSave={async (body) => {
          const { id } = await boxoffice.post('/api/admin/movies/', { body });
          navigate(`/shows/run?movie_id=${id}`);
        }}
      />
    </>
  );
}

export function EditMovie({ id }: { id: number }) {
  const {
    data: movie,
    outage,
    problem,
  } = useAdminQuery(`movie ${id}`, (signal) => boxoffice.get(path, { params: { path: { id } }, signal }));
  return (
    <>
      <PageHead title={movie?.title ?? 'Movie'}>
        <Link className="button" to={`/shows?movie_id=${id}`}>
          Shows
        </Link>
        <Link className="button" to={`/audit?subject=movie&subject_id=${id}`}>
          Audit
        </Link>
      </PageHead>
      <Outage message={outage ?? problem?.message} />
      {movie && (
        <MovieForm
          movie={movie}
          submitLabel="Save"
          onSave={async (body) => {
            await boxoffice.put(path, { params: { path: { id } }, body });
            navigate('/movies');
          }}
        />
      )}
    </>
  );
}

interface MovieFormProps {
  movie?: Movie;
  submitLabel: string;
  onSave: (body: MovieCreateInput) => Promise<void>;
}

function MovieForm({ movie, submitLabel, onSave }: MovieFormProps) {
  const save = ({ title = '', duration_minutes, poster_url, ...texts }: Record<string, string>) =>
    onSave({ ...texts, title, duration_minutes: Number(duration_minutes), poster_url: poster_url || null });
  return (
    <Form className="card form" submitLabel={submitLabel} cancel={<CancelLink />} onSubmit={save}>
      {(errors) => (
        <>
          <Input label="Title" name="title" value={movie?.title} errors={errors.title} required />
          <Input
            label="Running time in minutes"
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
          <Input label="Rating" name="rating" hint="e.g. PG-13 or 16" value={movie?.rating} errors={errors.rating} />
          <Input label="Language" name="language" value={movie?.language} errors={errors.language} />
          <Input
            label="Poster URL"
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

function CancelLink() {
  return (
    <Link className="button" to="/movies">
      Cancel
    </Link>
  );
}
