import type { Booking, Movie, Show } from '@boxoffice/client';
import { formatDay, formatTime } from '../lib/format.ts';
import { formatMoney } from '../lib/money.ts';
import { dueOf, formatCode } from './due.ts';
import { Poster } from './poster.tsx';
import { QrCode } from './qr-code.tsx';
import './ticket.css';

/** A booking as a ticket to print or show at the door. */
export function Ticket({ booking, show, movie }: { booking: Booking; show: Show; movie: Movie }) {
  const { id, status, seats, total } = booking;
  const address = new URL(`/boxoffice/bookings/${id}`, location.origin).href;
  return (
    <article className={status === 'booked' ? 'ticket' : 'ticket void'} aria-label={`Ticket for ${movie.title}`}>
      <Poster title={movie.title} />
      <div className="details">
        <h2>{movie.title}</h2>
        <dl>
          <Detail name="Day" value={formatDay(show.date_time)} />
          <Detail name="Time" value={formatTime(show.date_time)} />
          <Detail name="Screen" value={show.screen_name} />
          {total && <Detail name="Price" value={formatMoney(total.amount, total.currency)} />}
          <div>
            <dt>{seats.length === 1 ? 'Seat' : 'Seats'}</dt>
            <dd className="big">{seats.join(' ')}</dd>
          </div>
        </dl>
      </div>
      <div className="stub">
        <QrCode text={address} label={`QR code with the address of this ticket: ${address}`} />
        <div>
          {status === 'booked' && booking.code && <CounterCode booking={booking} code={booking.code} />}
          <p className="hint">Booking number</p>
          <code>{id}</code>
        </div>
      </div>
    </article>
  );
}

/** What to show at the counter, and what to pay there. */
function CounterCode({ booking, code }: { booking: Booking; code: string }) {
  const due = dueOf(booking);
  const paid = `${booking.paid_at ? `Paid${booking.payment_id ? ' online' : ''}. ` : ''}Your code, should anyone ask for it`;
  return (
    <>
      <p>{due ? `Show this code at the counter, and pay ${due}` : paid}</p>
      <p className="counter-code">{formatCode(code)}</p>
    </>
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
