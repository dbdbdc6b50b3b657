import type { MyBooking } from '@boxoffice/client';
import { useState } from 'react';
import { CancelBooking } from './cancel.tsx';
import { Loading, Trouble } from './notices.tsx';
import { Poster } from './poster.tsx';
import { useReading } from './reading.ts';
import { Heading, Link } from './router.tsx';
import { boxoffice, useVisitor } from './session.ts';
import { SignIn } from './sign-in.tsx';
import { listed, shortDayOf, timeOf } from './words.ts';

/** The visitor's bookings, newest first. */
export function MyBookings({ query }: { query: URLSearchParams }) {
  const visitor = useVisitor();
  const [asksWho, setAsksWho] = useState(false);
  if (visitor) return <BookingList key={visitor.username} page={Math.max(1, Number(query.get('page')) || 1)} />;
  return (
    <section className="narrow">
      <Heading title="My bookings" />
      <p className="quiet">Sign in to see them.</p>
      <p>
        <button type="button" className="main" onClick={() => setAsksWho(true)}>
          Sign in
        </button>
      </p>
      {asksWho && <SignIn onDone={() => setAsksWho(false)} onClose={() => setAsksWho(false)} />}
    </section>
  );
}

function BookingList({ page }: { page: number }) {
  const { value, trouble, problem, again } = useReading(`my bookings ${page}`, (signal) =>
    boxoffice.get('/api/my-bookings/', { params: { query: { page } }, signal }),
  );
  return (
    <section className="narrow">
      <Heading title="My bookings" />
      <Trouble text={trouble ?? problem?.message} />
      {!value && !trouble && !problem && <Loading of="your bookings" />}
      {value?.count === 0 && (
        <p className="quiet">
          None yet. <Link to="/">What is playing</Link>
        </p>
      )}
      <ul className="bookings">
        {value?.results.map((booking) => (
          <BookingRow key={booking.id} booking={booking} onCancelled={again} />
        ))}
      </ul>
      {value && (value.next || value.previous) && (
        <nav className="pages" aria-label="Pages">
          {value.previous && <Link to={`/bookings?page=${page - 1}`}>Newer</Link>}
          <span>Page {page}</span>
          {value.next && <Link to={`/bookings?page=${page + 1}`}>Older</Link>}
        </nav>
      )}
    </section>
  );
}

function BookingRow({ booking, onCancelled }: { booking: MyBooking; onCancelled: () => void }) {
  const { show, seats, status } = booking;
  const title = show?.movie.title ?? 'A show that is gone';
  return (
    <li className={status === 'booked' ? 'booking' : 'booking void'}>
      <Poster title={title} />
      <div>
        <h2>{show ? <Link to={`/bookings/${booking.id}`}>{title}</Link> : title}</h2>
        {show && (
          <p className="facts">
            {shortDayOf(show.date_time)}, {timeOf(show.date_time)} · {show.screen_name}
          </p>
        )}
        <p>
          {listed(seats)}
          {status !== 'booked' && <span className="status"> · {status}</span>}
        </p>
      </div>
      {status === 'booked' && <CancelBooking booking={booking} title={title} onCancelled={onCancelled} />}
    </li>
  );
}
