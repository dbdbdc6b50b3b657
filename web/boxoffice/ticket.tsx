import { CancelBooking } from './cancel.tsx';
import { Loading, Nowhere, Trouble } from './notices.tsx';
import { Poster } from './poster.tsx';
import { useReading } from './reading.ts';
import { Heading, Link } from './router.tsx';
import { boxoffice, useVisitor } from './session.ts';
import { dayOf, timeOf } from './words.ts';

/** One booking, as a ticket to print. */
export function TicketPage({ id, isNew }: { id: string; isNew: boolean }) {
  const visitor = useVisitor();
  const { value, trouble, problem, again } = useReading(`booking ${id} ${visitor?.username}`, async (signal) => {
    const booking = await boxoffice.get('/api/bookings/{id}/', { params: { path: { id } }, signal });
    const show = await boxoffice.get('/api/shows/{id}/', { params: { path: { id: booking.show_id } }, signal });
    const movie = await boxoffice.get('/api/movies/{id}/', { params: { path: { id: show.movie_id } }, signal });
    return { booking, show, movie };
  });
  if (problem?.code === 'unauthenticated') return <Nowhere title="Your ticket">Sign in to see it.</Nowhere>;
  if (problem) return <Nowhere title="No such ticket">It is not among your bookings.</Nowhere>;
  if (!value) return trouble ? <Trouble text={trouble} /> : <Loading of="your ticket" />;
  const { booking, show, movie } = value;
  const isBooked = booking.status === 'booked';
  return (
    <div className="narrow">
      <Heading title={isBooked ? (isNew ? 'Enjoy the show' : 'Your ticket') : 'This booking is cancelled'} />
      <Trouble text={trouble} />
      <article className={isBooked ? 'ticket' : 'ticket void'} aria-label={`Ticket for ${movie.title}`}>
        <Poster title={movie.title} />
        <div className="what">
          <h2>{movie.title}</h2>
          <dl>
            <div>
              <dt>Day</dt>
              <dd>{dayOf(show.date_time)}</dd>
            </div>
            <div>
              <dt>Time</dt>
              <dd>{timeOf(show.date_time)}</dd>
            </div>
            <div>
              <dt>Where</dt>
              <dd>{show.screen_name}</dd>
            </div>
            <div>
              <dt>{booking.seats.length === 1 ? 'Seat' : 'Seats'}</dt>
              <dd className="big">{booking.seats.join(' ')}</dd>
            </div>
          </dl>
        </div>
        <div className="stub">
          <Bars id={booking.id} />
          <code>{booking.id}</code>
        </div>
      </article>
      <div className="choices">
        <Link to="/bookings">My bookings</Link>
        {isBooked && (
          <>
            <CancelBooking booking={booking} title={movie.title} onCancelled={again} />
            <button type="button" className="main" onClick={() => print()}>
              Print
            </button>
          </>
        )}
      </div>
    </div>
  );
}

/** The id as bars, for the look of it. */
function Bars({ id }: { id: string }) {
  let x = 0;
  const bars = [...id.replaceAll('-', '')].map((digit) => {
    const width = 1 + (Number.parseInt(digit, 16) % 4);
    const bar = `M${x} 0h${width}v40h-${width}z`;
    x += width + 1 + (Number.parseInt(digit, 16) >> 2);
    return bar;
  });
  return (
    <svg className="bars" viewBox={`0 0 ${x} 40`} preserveAspectRatio="none" aria-hidden="true">
      <path d={bars.join('')} />
    </svg>
  );
}
