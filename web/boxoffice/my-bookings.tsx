import type { MyBooking } from '@boxoffice/client';
import { formatList, formatShortDay, formatTime } from '../lib/format.ts';
import { Heading } from '../lib/heading.tsx';
import { EmptyState, Loading, Outage } from '../lib/notices.tsx';
import { useQuery } from '../lib/query.ts';
import { Link } from '../lib/router.tsx';
import { boxoffice, useUsername } from '../lib/session.ts';
import { CancelBooking } from './cancel-booking.tsx';
import './my-bookings.css';
import { Poster } from './poster.tsx';
import { SignedOut } from './signed-out.tsx';

/** The user's bookings, newest first. */
export function MyBookings({ query }: { query: URLSearchParams }) {
  const username = useUsername();
  return (
    <section className="narrow">
      <Heading title="My bookings" />
      {username === null ? (
        <SignedOut invitation="Sign in to see your bookings." />
      ) : (
        <BookingList key={username} page={Math.max(1, Number(query.get('page')) || 1)} />
      )}
    </section>
  );
}

function BookingList({ page }: { page: number }) {
  const { data, outage, problem, refetch } = useQuery(`my bookings ${page}`, (signal) =>
    boxoffice.get('/api/my-bookings/', { params: { query: { page } }, signal }),
  );
  return (
    <>
      <Outage message={outage ?? problem?.message} />
      {!data && !outage && !problem && <Loading what="your bookings" />}
      {data?.count === 0 && (
        <EmptyState title="No bookings yet">
          <Link to="/">See what’s on</Link>, pick a show and book your first seats.
        </EmptyState>
      )}
      <ul className="bookings">
        {data?.results.map((booking) => (
          <BookingItem key={booking.id} booking={booking} onCancelled={refetch} />
        ))}
      </ul>
      {data && (data.next || data.previous) && (
        <nav className="pages" aria-label="Pages">
          {data.previous && <Link to={`/bookings?page=${page - 1}`}>Newer</Link>}
          <span>Page {page}</span>
          {data.next && <Link to={`/bookings?page=${page + 1}`}>Older</Link>}
        </nav>
      )}
    </>
  );
}

function BookingItem({ booking, onCancelled }: { booking: MyBooking; onCancelled: () => void }) {
  const { show, seats, status } = booking;
  const title = show?.movie.title ?? 'A show that no longer exists';
  return (
    <li className={status === 'booked' ? 'booking' : 'booking void'}>
      <Poster title={title} />
      <div>
        <h2>{show ? <Link to={`/bookings/${booking.id}`}>{title}</Link> : title}</h2>
        {show && (
          <p className="facts">
            {formatShortDay(show.date_time)}, {formatTime(show.date_time)} · {show.screen_name}
          </p>
        )}
        <p>
          {formatList(seats)}
          {status !== 'booked' && <span className="muted"> · {status}</span>}
        </p>
      </div>
      {status === 'booked' && <CancelBooking booking={booking} movieTitle={title} onCancelled={onCancelled} />}
    </li>
  );
}
