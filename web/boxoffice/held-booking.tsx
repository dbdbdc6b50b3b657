import type { Booking, Movie, Payment, Show } from '@boxoffice/client';
import { formatDay, formatTime } from '../lib/format.ts';
import { ConfirmHold } from './confirm-hold.tsx';
import { Countdown } from './countdown.tsx';
import './held-booking.css';
import { PayOnline } from './pay-online.tsx';
import { Poster } from './poster.tsx';
import { SeatPrices } from './seat-prices.tsx';

interface HeldBookingProps {
  booking: Booking;
  show: Show;
  movie: Movie;
  /** The latest payment, if one has begun. */
  payment?: Payment | undefined;
  onConfirmed: () => void;
  /** Called when the hold may have changed or ended. */
  onChanged: () => void;
}

/** Seats that are held for the user: for how long, what they cost, and the choice to confirm, pay or release them. */
export function HeldBooking({ booking, show, movie, payment, onConfirmed, onChanged }: HeldBookingProps) {
  const { created_at: heldAt, expires_at: expiresAt = '', total } = booking;
  const isPaidOnline = show.payment === 'online' && total !== undefined && total.amount > 0;
  return (
    <article className="held" aria-label={`Held seats for ${movie.title}`}>
      <Countdown
        from={heldAt}
        until={expiresAt}
        action={isPaidOnline ? 'pay' : 'confirm'}
        note={payment && 'You have more time now that you have started to pay.'}
      />
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
      {isPaidOnline ? (
        <PayOnline {...{ booking, movie, total, payment, onChanged }} />
      ) : (
        <ConfirmHold {...{ booking, movie, onConfirmed, onChanged }} />
      )}
    </article>
  );
}
