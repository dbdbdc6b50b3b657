import type { Show, ShowCreateInput } from '@boxoffice/client';
import { Input } from '../../lib/fields.tsx';
import { Form } from '../../lib/form.tsx';
import { formatDateTime, timeZone } from '../../lib/format.ts';
import { Outage } from '../../lib/notices.tsx';
import { Link, navigate, useLocation } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { useAdminQuery } from '../access.ts';
import { MovieField } from '../movies/movie-field.tsx';
import { PageHead } from '../page-head.tsx';
import { HallFields, hallOf } from './hall-fields.tsx';

const path = '/api/admin/shows/{id}/';

export function NewShow() {
  const { query } = useLocation();
  return (
    <>
      <PageHead title="Add a show" />
      <ShowForm
        movieId={query.get('movie_id') ?? ''}
        submitLabel="Add"
        onSave={async (body) => {
          await boxoffice.post('/api/admin/shows/', { body });
          navigate(`/shows?movie_id=${body.movie_id}`);
        }}
      />
    </>
  );
}

export function EditShow({ id }: { id: number }) {
  const {
    data: show,
    outage,
    problem,
  } = useAdminQuery(`show ${id}`, (signal) => boxoffice.get(path, { params: { path: { id } }, signal }));
  return (
    <>
      <PageHead title={show ? `Show on ${formatDateTime(show.date_time)}` : 'Show'}>
        <Link className="button" to={`/bookings?show_id=${id}`}>
          Bookings
        </Link>
        <Link className="button" to={`/audit?subject=show&subject_id=${id}`}>
          Audit
        </Link>
      </PageHead>
      <Outage message={outage ?? problem?.message} />
      {show && (
        <ShowForm
          show={show}
          movieId={String(show.movie_id)}
          submitLabel="Save"
          onSave={async (body) => {
            // The rules of sale, which the form does not show, stay.
            await boxoffice.patch(path, { params: { path: { id } }, body });
            navigate(`/shows?movie_id=${body.movie_id}`);
          }}
        />
      )}
    </>
  );
}

interface ShowFormProps {
  show?: Show;
  movieId: string;
  submitLabel: string;
  onSave: (body: ShowCreateInput) => Promise<void>;
}

function ShowForm({ show, movieId, submitLabel, onSave }: ShowFormProps) {
  const save = ({ movie_id, date_time, ...hall }: Record<string, string>) =>
    onSave({
      movie_id: Number(movie_id),
      date_time: date_time ? new Date(date_time).toISOString() : '',
      ...hallOf(hall),
    });
  return (
    <Form className="card form" submitLabel={submitLabel} cancel={<CancelLink movieId={movieId} />} onSubmit={save}>
      {(errors) => (
        <>
          <MovieField value={movieId} errors={errors.movie_id} />
          <Input
            label="Starts"
            name="date_time"
            type="datetime-local"
            hint={`In your time zone, ${timeZone}`}
            value={show && toInputValue(show.date_time)}
            errors={errors.date_time}
            required
          />
          <HallFields {...(show && { show })} errors={errors} />
        </>
      )}
    </Form>
  );
}

/** Leads back to the shows of the movie. */
export function CancelLink({ movieId }: { movieId: string }) {
  return (
    <Link className="button" to={`/shows${movieId && `?movie_id=${movieId}`}`}>
      Cancel
    </Link>
  );
}

/** An instant as `<input type="datetime-local">` takes it: `2030-11-22T19:30`. */
function toInputValue(iso: string): string {
  const at = new Date(iso);
  const pad = (value: number, digits = 2) => String(value).padStart(digits, '0');
  const date = `${pad(at.getFullYear(), 4)}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${date}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}
