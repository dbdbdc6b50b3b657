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
import { CancelShow } from './cancel-show.tsx';
import { CancellationProgress } from './cancellation-progress.tsx';
import { Clashes } from './clashes.tsx';
import { HallFields, hallOf } from './hall-fields.tsx';
import { fromInputValue, toInputValue } from './moments.ts';
import { RuleFields, rulesOf } from './rule-fields.tsx';
import { useHall } from './use-hall.ts';

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
    refetch,
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
        {show?.status === 'scheduled' && (
          <CancelShow
            show={show}
            name={`${show.screen_name}, ${formatDateTime(show.date_time)}`}
            onCancelled={refetch}
          />
        )}
      </PageHead>
      <Outage message={outage ?? problem?.message} />
      {show?.status === 'cancelled' && (
        <section className="card form" aria-label="Cancellation">
          <p>This show is cancelled. The audit log says who did it, when and why.</p>
          <CancellationProgress show={show} />
        </section>
      )}
      {show?.status === 'scheduled' && (
        <ShowForm
          show={show}
          movieId={String(show.movie_id)}
          submitLabel="Save"
          onSave={async (body) => {
            await boxoffice.patch(path, { params: { path: { id } }, body });
            navigate(`/shows?movie_id=${body.movie_id}`);
          }}
        />
      )}
    </>
  );
}

const fieldNames = { date_time: 'start', max_seats_per_user: 'seats per person' };

interface ShowFormProps {
  show?: Show;
  movieId: string;
  submitLabel: string;
  onSave: (body: ShowCreateInput) => Promise<void>;
}

function ShowForm({ show, movieId, submitLabel, onSave }: ShowFormProps) {
  const hall = useHall(show);
  const save = async ({ movie_id, date_time, ...values }: Record<string, string>) =>
    onSave({
      movie_id: Number(movie_id),
      date_time: fromInputValue(date_time) ?? '',
      ...hallOf(values),
      ...rulesOf(values),
    });
  return (
    <Form
      className="card form"
      submitLabel={submitLabel}
      cancel={<CancelLink movieId={movieId} />}
      fieldNames={fieldNames}
      onSubmit={save}
    >
      {(errors, problem) => (
        <>
          <MovieField value={movieId} errors={errors.movie_id} />
          <Input
            label="Starts"
            name="date_time"
            type="datetime-local"
            hint={`In your time zone, ${timeZone}`}
            value={show && toInputValue(show.date_time)}
            errors={problem?.code === 'screen_busy' ? undefined : errors.date_time}
            required
          />
          {problem?.code === 'screen_busy' && <Clashes messages={errors.date_time} />}
          <HallFields hall={hall} show={show} errors={errors} />
          <RuleFields categories={hall.categories} show={show} errors={errors} />
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
