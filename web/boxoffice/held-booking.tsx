import { type Booking, type Movie, ProblemError, type Show } from '@boxoffice/client';
import { useState } from 'react';
import { errorMessage, outageMessage } from '../lib/errors.ts';
import { formatDay, formatTime } from '../lib/format.ts';
import { ErrorMessage, Outage } from '../lib/notices.tsx';
import { Link, navigate } from '../lib/router.tsx';
import { boxoffice } from '../lib/session.ts';
import { CancelBooking } from './cancel-booking.tsx';
import { Countdown } from './countdown.tsx';
import { dueOf } from './due.ts';
import './held-booking.css';
import { Poster } from './poster.tsx';
import { SeatPrices } from './seat-prices.tsx';

interface HeldBookingProps {
  booking: Booking;
  show: Show;
  movie: Movie;
  onConfirmed: () => void;
  /** Called when the hold may have changed or ended. */
  onChanged: () => void;
}

/** Seats that are held for the user: for how long, what they cost, and the choice to confirm or to release them. */
export function HeldBooking({ booking, show, movie, onConfirmed, onChanged }: HeldBookingProps) {
  const { isBusy, outage, error, confirm } = useConfirm(booking, onConfirmed, onChanged);
  const due = dueOf(booking);
  return (
    <article className="held" aria-label={`Held seats for ${movie.title}`}>
      <Countdown from={booking.created_at} until={booking.expires_at ?? ''} />
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
      <p>
        {due
          ? `Confirming is free. You pay ${due} at the counter: show the code that you get next.`
          : 'There is nothing to pay.'}
      </p>
      <Outage message={error ? undefined : outage} />
      <ErrorMessage message={error} />
      <div className="buttons">
        <button type="button" className="primary" disabled={isBusy} onClick={confirm}>
          Confirm
        </button>
        <CancelBooking
          booking={booking}
          movieTitle={movie.title}
          onCancelled={() => navigate(`/shows/${booking.show_id}`)}
        />
        <Link className="button" to={`/shows/${booking.show_id}`}>
          Choose other seats
        </Link>
      </div>
    </article>
  );
}

/** Confirms a hold. Idempotent: after a reload the page shows what became of it. */
function useConfirm({ id }: Booking, onConfirmed: () => void, onChanged: () => void) {
  const [isBusy, setIsBusy] = useState(false);
  const [outage, setOutage] = useState<string>();
  const [error, setError] = useState<string>();
  const confirm = () => {
    setIsBusy(true);
    setError(undefined);
    boxoffice
      .confirm(id, { onRetry: (reason) => setOutage(outageMessage(reason)) })
      .then(onConfirmed, (reason: unknown) => {
        setError(errorMessage(reason));
        if (reason instanceof ProblemError) onChanged();
      })
      .finally(() => {
        setIsBusy(false);
        setOutage(undefined);
      });
  };
  return { isBusy, outage, error, confirm };
}
