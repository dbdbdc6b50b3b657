import type { Booking, Movie, Payment, Show } from '@boxoffice/client';
import { formatDay, formatTime } from '../lib/format.ts';
import { formatMoney } from '../lib/money.ts';
import { Link } from '../lib/router.tsx';
import { formatCode } from './due.ts';
import './held-booking.css';
import { Poster } from './poster.tsx';
import { SeatPrices } from './seat-prices.tsx';

interface ReceiptProps {
  payment: Payment;
  booking: Booking;
  show: Show;
  movie: Movie;
}

/** What was paid, for which seats, and the way to the ticket. */
export function Receipt({ payment, booking, show, movie }: ReceiptProps) {
  return (
    <article className="held receipt" aria-label={`Receipt for ${movie.title}`}>
      <p className="paid" role="status">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="12" cy="12" r="12" />
          <path d="m6.5 12.5 3.7 3.7 7.3-8" />
        </svg>
        <span>
          <strong>{formatMoney(payment.amount, payment.currency)}</strong> paid online
        </span>
      </p>
      <div className="held-show">
        <Poster title={movie.title} />
        <div>
          <h2>{movie.title}</h2>
          <p className="facts">
            {formatDay(show.date_time)}, {formatTime(show.date_time)} · {show.screen_name}
          </p>
        </div>
      </div>
      <SeatPrices booking={booking} />
      <dl className="numbers">
        {booking.code && (
          <div>
            <dt>Your code</dt>
            <dd className="code">{formatCode(booking.code)}</dd>
          </div>
        )}
        <div>
          <dt>Payment number</dt>
          <dd>{payment.id}</dd>
        </div>
      </dl>
      <div className="buttons">
        <Link className="button primary" to={`/bookings/${booking.id}`}>
          See your ticket
        </Link>
        <button type="button" onClick={() => print()}>
          Print
        </button>
        <Link className="button" to="/bookings">
          My bookings
        </Link>
      </div>
    </article>
  );
}
