import type { Show, ShowCreateInput } from '@boxoffice/client';
import { useAnswer } from './answer.ts';
import { boxoffice } from './boxoffice.ts';
import { ConfirmButton } from './confirm.tsx';
import { Input } from './fields.tsx';
import { Form, Trouble } from './form.tsx';
import { Heading } from './heading.tsx';
import { Filters, List, useList } from './list.tsx';
import { MovieField, useTitles } from './movie-field.tsx';
import { go, Link, usePlace } from './place.tsx';
import { localInput, momentText, timeZone } from './words.ts';

const path = '/api/admin/shows/{id}/';

export function Shows() {
  const { query } = usePlace();
  const movieId = query.get('movie_id') ?? '';
  const answer = useList<Show>(['movie_id', 'from', 'to'], ({ from, to, ...wanted }, signal) =>
    boxoffice.get('/api/admin/shows/', {
      params: { query: { ...wanted, ...(from && { from: midnight(from) }), ...(to && { to: midnight(to) }) } },
      signal,
    }),
  );
  const { data: titles } = useTitles(answer.data?.results.map((show) => show.movie_id) ?? []);
  const ofMovie = movieId && `?movie_id=${movieId}`;
  return (
    <>
      <Heading text="Shows">
        <Link className="button first" to={`shows/run${ofMovie}`}>
          Add a run
        </Link>
        <Link className="button" to={`shows/new${ofMovie}`}>
          Add one show
        </Link>
      </Heading>
      <Filters>
        <MovieField value={movieId} canBeAny />
        <Input label="From" name="from" type="date" value={query.get('from') ?? ''} />
        <Input label="Before" name="to" type="date" value={query.get('to') ?? ''} />
      </Filters>
      <List
        answer={answer}
        noun="show"
        caption="Shows"
        columns={[
          { title: 'Starts', show: (show) => <Link to={`shows/${show.id}`}>{momentText(show.date_time)}</Link> },
          { title: 'Movie', show: (show) => titles?.get(show.movie_id) ?? `Movie ${show.movie_id}` },
          { title: 'Screen', show: (show) => show.screen_name },
          { title: 'Seats', show: (show) => show.total_seats, isNumber: true },
          { title: 'Sold', show: (show) => show.total_seats - show.available_seats, isNumber: true },
          {
            title: 'Actions',
            show: (show) => {
              const name = `${titles?.get(show.movie_id) ?? 'the show'}, ${momentText(show.date_time)}`;
              return (
                <div className="buttons">
                  <Link className="button" to={`bookings?show_id=${show.id}`} aria-label={`Bookings of ${name}`}>
                    Bookings
                  </Link>
                  <ConfirmButton
                    text="Delete"
                    of={name}
                    question={`Delete ${name}? A show that was ever booked is kept, for those who booked it.`}
                    onConfirm={async () => {
                      await boxoffice.delete(path, { params: { path: { id: show.id } } });
                      answer.askAgain();
                    }}
                  />
                </div>
              );
            },
          },
        ]}
      />
    </>
  );
}

/** The day begins where the browser is. */
function midnight(date: string | number): string {
  return new Date(`${date}T00:00`).toISOString();
}

export function NewShow() {
  const { query } = usePlace();
  return (
    <>
      <Heading text="Add a show" />
      <ShowForm
        movieId={query.get('movie_id') ?? ''}
        submitText="Add"
        onSave={async (body) => {
          await boxoffice.post('/api/admin/shows/', { body });
          go(`shows?movie_id=${body.movie_id}`);
        }}
      />
    </>
  );
}

export function EditShow({ id }: { id: number }) {
  const { data: show, error } = useAnswer(`show ${id}`, (signal) =>
    boxoffice.get(path, { params: { path: { id } }, signal }),
  );
  return (
    <>
      <Heading text={show ? `Show of ${momentText(show.date_time)}` : 'Show'}>
        <Link className="button" to={`bookings?show_id=${id}`}>
          Bookings
        </Link>
        <Link className="button" to={`audit?subject=show&subject_id=${id}`}>
          Audit
        </Link>
      </Heading>
      <Trouble error={error} />
      {show && (
        <ShowForm
          show={show}
          movieId={String(show.movie_id)}
          submitText="Save"
          onSave={async (body) => {
            await boxoffice.put(path, { params: { path: { id } }, body });
            go(`shows?movie_id=${body.movie_id}`);
          }}
        />
      )}
    </>
  );
}

function ShowForm({
  show,
  movieId,
  submitText,
  onSave,
}: {
  show?: Show;
  movieId: string;
  submitText: string;
  onSave: (body: ShowCreateInput) => Promise<void>;
}) {
  const save = ({ movie_id, date_time, total_seats, seats_per_row, screen_name = '' }: Record<string, string>) =>
    onSave({
      movie_id: Number(movie_id),
      screen_name,
      date_time: date_time ? new Date(date_time).toISOString() : '',
      total_seats: Number(total_seats),
      seats_per_row: Number(seats_per_row),
    });
  return (
    <Form submitText={submitText} cancelTo={`shows${movieId && `?movie_id=${movieId}`}`} onSubmit={save}>
      {(errors) => (
        <>
          <MovieField value={movieId} errors={errors.movie_id} />
          <Input
            label="Starts"
            name="date_time"
            type="datetime-local"
            hint={`By the clocks here, ${timeZone}`}
            value={show && localInput(show.date_time)}
            errors={errors.date_time}
            required
          />
          <HallFields show={show} errors={errors} />
        </>
      )}
    </Form>
  );
}

/** The screen and its seats. */
export function HallFields({ show, errors }: { show?: Show | undefined; errors: Record<string, string[]> }) {
  return (
    <>
      <Input label="Screen" name="screen_name" value={show?.screen_name} errors={errors.screen_name} required />
      <Input
        label="Seats"
        name="total_seats"
        type="number"
        min={1}
        value={show?.total_seats ?? 80}
        errors={errors.total_seats}
        required
      />
      <Input
        label="Seats in a row"
        name="seats_per_row"
        type="number"
        min={1}
        value={show?.seats_per_row ?? 10}
        hint={show && 'Seats that are booked must stay where they are'}
        errors={errors.seats_per_row}
        required
      />
    </>
  );
}
