import type { Booking, Movie, Show } from '@boxoffice/client';
import { formatDay, formatTime } from '../lib/format.ts';
import { Heading } from '../lib/heading.tsx';
import { Loading, Outage } from '../lib/notices.tsx';
import { useQuery } from '../lib/query.ts';
import { Link } from '../lib/router.tsx';
import { boxoffice, useUsername } from '../lib/session.ts';
import { CancelBooking } from './cancel-booking.tsx';
import { NotFound } from './not-found.tsx';
import { Poster } from './poster.tsx';
import { QrCode } from './qr-code.tsx';
import './ticket.css';

/** One booking as a ticket to print or show at the door. */
export function TicketPage({ id, isNew }: { id: string; isNew: boolean }) {
  const username = useUsername();
  const { data, outage, problem, refetch } = useQuery(`booking ${id} ${username}`, (signal) => getTicket(id, signal));
  if (problem?.code === 'unauthenticated') return <NotFound title="Your ticket">Sign in to see this ticket.</NotFound>;
  if (problem) return <NotFound title="Ticket not found">You have no booking with this number.</NotFound>;
  if (!data) return outage ? <Outage message={outage} /> : <Loading what="your ticket" />;
  const { booking, movie } = data;
  const isBooked = booking.status === 'booked';
  return (
    <div className="narrow">
      <Heading title={isBooked ? (isNew ? 'Enjoy the show' : 'Your ticket') : 'This booking is cancelled'} />
      <Outage message={outage} />
      <Ticket {...data} />
      <div className="buttons">
        <Link to="/bookings">My bookings</Link>
        {isBooked && (
          <>
            <CancelBooking booking={booking} movieTitle={movie.title} onCancelled={refetch} />
            <button type="button" className="primary" onClick={() => print()}>
              Print
            </button>
          </>
        )}
      </div>
    </div>
  );
}

async function getTicket(id: string, signal: AbortSignal) {
  const booking = await boxoffice.get('/api/bookings/{id}/', { params: { path: { id } }, signal });
  const show = await boxoffice.get('/api/shows/{id}/', { params: { path: { id: booking.show_id } }, signal });
  const movie = await boxoffice.get('/api/movies/{id}/', { params: { path: { id: show.movie_id } }, signal });
  return { booking, show, movie };
}

function Ticket({ booking, show, movie }: { booking: Booking; show: Show; movie: Movie }) {
  const address = new URL(`/boxoffice/bookings/${booking.id}`, location.origin).href;
  return (
    <article
      className={booking.status === 'booked' ? 'ticket' : 'ticket void'}
      aria-label={`Ticket for ${movie.title}`}
    >
      <Poster title={movie.title} />
      <div className="details">
        <h2>{movie.title}</h2>
        <dl>
          <Detail name="Day" value={formatDay(show.date_time)} />
          <Detail name="Time" value={formatTime(show.date_time)} />
          <Detail name="Screen" value={show.screen_name} />
          <div>
            <dt>{booking.seats.length === 1 ? 'Seat' : 'Seats'}</dt>
            <dd className="big">{booking.seats.join(' ')}</dd>
          </div>
        </dl>
      </div>
      <div className="stub">
        <QrCode text={address} label={`QR code with the address of this ticket: ${address}`} />
        <div>
          <p className="hint">Booking number</p>
          <code>{booking.id}</code>
        </div>
      </div>
    </article>
  );
}

function Detail({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
