import type { Booking, Movie, Payment, Show } from '@boxoffice/client';
import { formatList } from '../lib/format.ts';
import { formatMoney } from '../lib/money.ts';
import { Link } from '../lib/router.tsx';
import { hasExpired } from './hold-state.ts';

interface ConfirmingPaymentProps {
  payment: Payment;
  booking: Booking;
  show: Show;
  movie: Movie;
}

/** A payment that is not decided. Nobody knows yet whether its buyer has paid, so it can also be continued. */
export function ConfirmingPayment({ payment, booking, show, movie }: ConfirmingPaymentProps) {
  const { amount, currency, checkout_url: checkoutUrl } = payment;
  const isOver = hasExpired(booking);
  return (
    <>
      <div className="confirming card">
        <svg className="waiting" viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="12" cy="12" r="10" />
          <path d="M12 2a10 10 0 0 1 10 10" />
        </svg>
        <div role="status">
          <p>
            <strong>
              {formatMoney(amount, currency)} for {formatList(booking.seats)}, {movie.title}
            </strong>
          </p>
          <p>This usually takes a few seconds. You can reload this page, or come back to it later.</p>
        </div>
      </div>
      {isOver && (
        <p>
          Your time to pay has run out. If you have paid, your seats are booked as long as nobody else has taken them;
          otherwise your card is not charged.
        </p>
      )}
      {checkoutUrl && !isOver && <p>Not paid yet? Your seats are held for you, and nothing has been charged.</p>}
      <div className="buttons">
        {isOver ? (
          <Link className="button" to={`/shows/${show.id}`}>
            Choose other seats
          </Link>
        ) : (
          <Link to={`/bookings/${booking.id}`}>Back to your seats</Link>
        )}
        {checkoutUrl && !isOver && (
          <a className="button" href={checkoutUrl}>
            Continue payment
          </a>
        )}
      </div>
    </>
  );
}
