import type { Show } from '@boxoffice/client';
import { ConfirmButton } from '../../lib/confirm-button.tsx';
import { Input } from '../../lib/fields.tsx';
import { formatDateTime } from '../../lib/format.ts';
import { formatMoneyRange } from '../../lib/money.ts';
import { Link, useLocation } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { Filters } from '../list/filters.tsx';
import { List } from '../list/list.tsx';
import { useList } from '../list/use-list.ts';
import { MovieField, useMovieTitles } from '../movies/movie-field.tsx';
import { PageHead } from '../page-head.tsx';
import { CancelShow } from './cancel-show.tsx';

export function Shows() {
  const { query } = useLocation();
  const movieId = query.get('movie_id') ?? '';
  const shows = useList<Show>(['movie_id', 'from', 'to'], ({ from, to, ...parameters }, signal) =>
    boxoffice.get('/api/admin/shows/', {
      params: { query: { ...parameters, ...(from && { from: midnight(from) }), ...(to && { to: midnight(to) }) } },
      signal,
    }),
  );
  const { data: titles } = useMovieTitles(shows.data?.results.map((show) => show.movie_id) ?? []);
  const titleOf = ({ movie_id }: Show) => titles?.get(movie_id) ?? `Movie ${movie_id}`;
  const ofMovie = movieId && `?movie_id=${movieId}`;
  return (
    <>
      <PageHead title="Shows">
        <Link className="button primary" to={`/shows/run${ofMovie}`}>
          Schedule shows
        </Link>
        <Link className="button" to={`/shows/new${ofMovie}`}>
          Add one show
        </Link>
      </PageHead>
      <Filters>
        <MovieField value={movieId} isOptional />
        <Input label="From" name="from" type="date" value={query.get('from') ?? ''} />
        <Input label="Before" name="to" type="date" value={query.get('to') ?? ''} />
      </Filters>
      <List
        query={shows}
        noun="show"
        name="Shows"
        empty={<Link to="/shows/run">Schedule your first shows</Link>}
        columns={[
          { title: 'Starts', show: (show) => <Link to={`/shows/${show.id}`}>{formatDateTime(show.date_time)}</Link> },
          { title: 'Movie', show: titleOf },
          { title: 'Screen', show: (show) => show.screen_name },
          { title: 'Price', show: priceOf },
          { title: 'Seats', show: (show) => show.total_seats, isNumber: true },
          { title: 'Sold', show: (show) => show.total_seats - show.available_seats, isNumber: true },
          {
            title: 'Status',
            show: ({ status }) => <span className={status === 'cancelled' ? 'tag off' : 'tag'}>{status}</span>,
          },
          {
            title: 'Actions',
            show: (show) => <Actions show={show} title={titleOf(show)} onChange={shows.refetch} />,
          },
        ]}
      />
    </>
  );
}

/** A show that has begun can be cancelled on its own page only, where nobody does it by mistake. */
const isCancellable = ({ status, date_time }: Show) => status === 'scheduled' && Date.parse(date_time) > Date.now();

function priceOf({ prices, currency }: Show): string {
  return prices && currency ? formatMoneyRange(Object.values(prices), currency) : 'free';
}

function Actions({ show, title, onChange }: { show: Show; title: string; onChange: () => void }) {
  const name = `${title}, ${formatDateTime(show.date_time)}`;
  return (
    <div className="buttons">
      <Link className="button" to={`/bookings?show_id=${show.id}`} aria-label={`Bookings of ${name}`}>
        Bookings
      </Link>
      {isCancellable(show) && <CancelShow show={show} name={name} onCancelled={onChange} />}
      <ConfirmButton
        action="Delete"
        subject={name}
        title="Delete this show?"
        onConfirm={async () => {
          await boxoffice.delete('/api/admin/shows/{id}/', { params: { path: { id: show.id } } });
          onChange();
        }}
      >
        {name}. A show that has ever been booked cannot be deleted.
      </ConfirmButton>
    </div>
  );
}

/** The beginning of a day in the browser's time zone. */
function midnight(date: string | number): string {
  return new Date(`${date}T00:00`).toISOString();
}
